/** Durations as people write them: 500ms, 5s, 2m, 1h, 7d. */
export const durationPattern = /^(\d{1,9})(ms|s|m|h|d)$/;

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds, or null when the text is not a duration. */
export function parseDuration(text: string): number | null {
  const [, number = '', unit = ''] = durationPattern.exec(text) ?? [];
  const perUnit = unitMs[unit];
  return perUnit === undefined ? null : Number(number) * perUnit;
}

/** Milliseconds of a text that was checked before; any other text is a defect of ours and throws. */
export function durationMs(text: string): number {
  const parsed = parseDuration(text);
  if (parsed === null) throw new Error(`${JSON.stringify(text)} is not a duration and was not checked`);
  return parsed;
}

/** The shortest way to write a span that the parser understands. */
export function writeDuration(spanMs: number): string {
  const fitting = Object.entries(unitMs).findLast(([, ms]) => spanMs >= ms && spanMs % ms === 0);
  return fitting === undefined ? `${spanMs}ms` : `${spanMs / fitting[1]}${fitting[0]}`;
}
