/** What became of a drill: plain values, which the reports are made from. */
import type { Failure } from './failure.ts';
import type { Judgement } from './judge.ts';
import type { Load } from './load.ts';
import type { TimelineEntry } from './timeline.ts';

/** `void`: nothing was proved, since the node was not well before, or could not be broken as planned. */
export type Outcome = 'passed' | 'failed' | 'void' | 'left-out';

export interface DrillResult {
  readonly failure: Failure;
  readonly outcome: Outcome;
  /** Why it is not passed; empty when it is. */
  readonly reason: string;
  readonly judgement: Judgement | null;
  readonly timeline: readonly TimelineEntry[];
  readonly tookMs: number;
}

export interface DrillRun {
  readonly target: string;
  readonly node: string;
  readonly load: Load;
  readonly seed: number;
  readonly startedAt: string;
  readonly tookMs: number;
  /** Words for what the drill ran against: nodemend, systemd, kernel, processors, memory. */
  readonly versions: Readonly<Record<string, string>>;
  readonly results: readonly DrillResult[];
}

export const countOf = ({ results }: Pick<DrillRun, 'results'>, outcome: Outcome): number =>
  results.filter((result) => result.outcome === outcome).length;
