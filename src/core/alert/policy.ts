/** Who is told what, and how often. How a target is reached is nobody's business here. */
import type { Severity } from '../reason.ts';

export interface AlertTarget {
  readonly name: string;
  /** The least severity that is told; what is marked as `always` is told whatever it is. */
  readonly least: Severity;
  /** Reasons that are told: whole codes, or the beginning of one with a star, such as `unit.*`. */
  readonly reasons: readonly string[];
  /** How long news is gathered, so that what comes together is told together. */
  readonly waitMs: number;
  /** After how long it is told again that something lasts. */
  readonly repeatMs: number;
}
