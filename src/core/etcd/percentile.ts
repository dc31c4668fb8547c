/** Percentiles of Prometheus histograms: of all since the start, or of what came between two looks. */
import type { Histogram } from './view.ts';

/** The upper bound in seconds of the bucket that holds the share; the last finite one when it lies beyond; null when there is nothing. */
export function percentileOf(histogram: Histogram, share: number): number | null {
  const total = histogram.at(-1)?.count ?? 0;
  if (total <= 0) return null;
  const found = histogram.find(({ count }) => count >= share * total);
  return found?.le ?? histogram.findLast(({ le }) => le !== null)?.le ?? null;
}

/** What was added between two looks; all of it when the member was started anew meanwhile. */
export function since(before: Histogram, now: Histogram): Histogram {
  const restarted = (before.at(-1)?.count ?? 0) > (now.at(-1)?.count ?? 0) || before.length !== now.length;
  if (restarted) return now;
  return now.map(({ le, count }, index) => ({ le, count: count - (before[index]?.count ?? 0) }));
}
