/** What a row of the benchmark hands back: measured values and, where there is one, the target they are held to. */
import { percentile } from './percentile.ts';

export type Unit = 'ms' | 's' | '%' | 'MiB' | 'times' | 'req/s' | '/h' | 'MiB/h' | 'MiB/s';

/** The shares that are shown, by name. */
const shares = { median: 0.5, p99: 0.99 } as const;

export interface Target {
  readonly of: keyof typeof shares;
  readonly bound: 'at most' | 'at least';
  readonly value: number;
}

export interface Measurement {
  /** What was measured. */
  readonly what: string;
  /** Whose figure it is. */
  readonly who: string;
  readonly unit: Unit;
  readonly values: readonly number[];
  readonly targets?: readonly Target[];
  /** What a reader has to know beside the numbers. */
  readonly note?: string;
}

export interface Verdict {
  readonly target: Target;
  readonly met: boolean;
}

export interface Figure extends Measurement {
  readonly row: string;
  readonly median: number | null;
  readonly p99: number | null;
  readonly verdicts: readonly Verdict[];
}

export function figureOf(row: string, measurement: Measurement): Figure {
  const { values, targets = [] } = measurement;
  const figures = { median: percentile(values, shares.median), p99: percentile(values, shares.p99) };
  const verdicts = targets.map((target) => {
    const value = figures[target.of];
    const met = value !== null && (target.bound === 'at most' ? value <= target.value : value >= target.value);
    return { target, met };
  });
  return { ...measurement, row, ...figures, verdicts };
}
