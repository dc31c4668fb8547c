/** Many failures on one node, one after the other, told as they go. */
import { closeEars } from './bus.ts';
import type { Failure } from './failure.ts';
import { drillOne, type Stage } from './one.ts';
import type { DrillResult } from './result.ts';

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

export function describeResult({ failure, outcome, reason, judgement }: DrillResult): string {
  const after = judgement?.recoveredAfterMs;
  if (outcome !== 'passed') return `${outcome.toUpperCase()} ${failure.name}: ${reason}`;
  const how = after === null || after === undefined ? 'rightly left alone' : `recovered after ${seconds(after)}`;
  return `passed ${failure.name}: ${how}`;
}

export interface Teller {
  /** Before each failure. */
  began(failure: Failure, index: number, of: number): void;
  ended(result: DrillResult, index: number, of: number): void;
}

/** Ends early when the signal fires: the failure under way is healed first. */
export async function drillAll(
  stage: Stage,
  failures: readonly Failure[],
  tell: Teller,
): Promise<readonly DrillResult[]> {
  const results: DrillResult[] = [];
  try {
    for (const [index, failure] of failures.entries()) {
      if (stage.signal.aborted) break;
      tell.began(failure, index + 1, failures.length);
      const result = await drillOne(stage, failure);
      results.push(result);
      tell.ended(result, index + 1, failures.length);
    }
  } finally {
    await closeEars(stage.target);
  }
  return results;
}
