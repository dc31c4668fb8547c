/** Durations as people write them (`500ms`, `30s`, `2m`, `24h`, `7d`) to milliseconds and back. */

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds, or null when the text is not a duration. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  const perUnit = unitMs[match?.[2] ?? ''];
  return match === null || perUnit === undefined ? null : Number(match[1]) * perUnit;
}

/** A span in at most two units, for a person: `840ms`, `12s`, `4m 10s`, `3d 4h`. */
export function formatSpan(spanMs: number): string {
  if (spanMs < 1_000) return `${Math.max(0, Math.round(spanMs))}ms`;
  const seconds = Math.floor(spanMs / 1_000);
  if (seconds < 10) return `${(Math.floor(spanMs / 100) / 10).toFixed(1)}s`;
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return twoUnits(Math.floor(seconds / 60), 'm', seconds % 60, 's');
  if (seconds < 86_400) return twoUnits(Math.floor(seconds / 3_600), 'h', Math.floor((seconds % 3_600) / 60), 'm');
  return twoUnits(Math.floor(seconds / 86_400), 'd', Math.floor((seconds % 86_400) / 3_600), 'h');
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit} ${small}${smallUnit}`;
}
