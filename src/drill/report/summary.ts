/** The one sentence, and the figures that stand behind it. */
import { countOf, type DrillRun } from '../result.ts';

export interface Times {
  readonly sortedMs: readonly number[];
  readonly medianMs: number;
  readonly slowestMs: number;
}

/** Nearest rank; null when nothing was measured. */
function timesOf(values: readonly number[]): Times | null {
  const sortedMs = values.toSorted((a, b) => a - b);
  const slowestMs = sortedMs.at(-1);
  const medianMs = sortedMs[Math.ceil(sortedMs.length / 2) - 1];
  return slowestMs === undefined || medianMs === undefined ? null : { sortedMs, medianMs, slowestMs };
}

const isNumber = (value: number | null | undefined): value is number => typeof value === 'number';

/** Of what passed: what failed has no time to compare. */
export function recoveryTimes({ results }: Pick<DrillRun, 'results'>): Times | null {
  const passed = results.filter(({ outcome }) => outcome === 'passed');
  return timesOf(passed.map(({ judgement }) => judgement?.recoveredAfterMs).filter(isNumber));
}

export function detectionTimes({ results }: Pick<DrillRun, 'results'>): Times | null {
  const passed = results.filter(({ outcome }) => outcome === 'passed');
  return timesOf(passed.map(({ judgement }) => judgement?.detectedAfterMs).filter(isNumber));
}

export function formatMs(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`;
}

export function summarize(run: DrillRun): string {
  const drilled = run.results.filter(({ outcome }) => outcome !== 'left-out').length;
  const slowest = recoveryTimes(run)?.slowestMs;
  const [unproved, leftOut] = [countOf(run, 'void'), countOf(run, 'left-out')];
  return [
    `Your node recovers from ${countOf(run, 'passed')} of ${drilled} failures`,
    slowest === undefined ? '' : `; slowest ${formatMs(slowest)}`,
    unproved === 0 ? '' : `; ${unproved} proved nothing`,
    leftOut === 0 ? '' : `; ${leftOut} left out`,
    '.',
  ].join('');
}
