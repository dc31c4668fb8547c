import type { Reason } from '../reason.ts';

export type Verdict = 'healthy' | 'unhealthy' | 'unknown';

/** The result of one look. `unknown` means that the look itself was not possible; it never counts against a component. */
export interface Observation {
  readonly verdict: Verdict;
  readonly reason: Reason;
  /** For a person: at most 200 characters, control characters removed. */
  readonly detail: string;
  readonly startedAtMs: number;
  readonly durationMs: number;
}
