/** Durations as people write them: 500ms, 5s, 2m, 1h. */
export const durationPattern = /^(\d{1,9})(ms|s|m|h)$/;

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds. The text has been checked against the pattern before; another one gives NaN. */
export function durationMs(text: string): number {
  const [, number = '', unit = ''] = durationPattern.exec(text) ?? [];
  return Number.parseInt(number, 10) * (unitMs[unit] ?? Number.NaN);
}
