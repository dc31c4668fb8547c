/** One row of the catalogue of reason codes. */
export type Severity = 'info' | 'warn' | 'error';

export interface ReasonRow {
  readonly severity: Severity;
  /** One sentence for a person: what it means. */
  readonly meaning: string;
  /** What nodemend does about it by itself. */
  readonly does: string;
  /** What the person should do; UNIT, COMPONENT and ID stand for those of the case. */
  readonly advice: string;
}

export const row = (severity: Severity, meaning: string, does: string, advice: string): ReasonRow => ({
  severity,
  meaning,
  does,
  advice,
});
