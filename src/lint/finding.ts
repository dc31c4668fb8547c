/** One thing that was found, and where. */
import type { Place } from '../config/locate.ts';
import { catalogue, type LintReason, type Severity } from './catalogue.ts';

export interface Finding extends Place {
  readonly file: string;
  readonly severity: Severity;
  readonly reason: LintReason;
  /** One sentence: what stands there, and what that means. */
  readonly message: string;
  readonly mend: string;
}

/** Where something stands. */
export interface Spot extends Place {
  readonly file: string;
}

/** `what`: what stands there, in a few words. `mend`: where there is better advice than the catalogue's. */
export function found(reason: LintReason, spot: Spot, what: string, mend?: string): Finding {
  const row = catalogue[reason];
  const { file, line, column } = spot;
  const message = `${what}: ${row.meaning}`;
  return { file, line, column, severity: row.severity, reason, message, mend: mend ?? row.mend };
}
