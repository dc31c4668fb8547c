/** Percentiles by nearest rank: always a value that was measured, never one between two. */

/** The smallest measured value that is not exceeded by `share` (above 0, at most 1) of all; null when nothing was measured. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
