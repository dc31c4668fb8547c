/** The shape every kind of look has. */
import type { ProbeTarget } from '../../core/mend/policy.ts';
import type { Finding } from './finding.ts';

export interface LookContext {
  /** systemd's name of the unit that the component is. */
  readonly unit: string;
  readonly timeoutMs: number;
  /** Fires at the deadline: everything that is under way has to end then. */
  readonly signal: AbortSignal;
  /** Gives the finding before the look has ended: for a look that has to wait for what it leaves behind. */
  readonly tell: (found: Finding) => void;
}

export type TargetOf<Kind extends ProbeTarget['kind']> = Extract<ProbeTarget, { readonly kind: Kind }>;

/** May reject: the prober turns whatever comes into a finding. Has no deadline of its own but the signal. */
export type Look<Kind extends ProbeTarget['kind']> = (target: TargetOf<Kind>, context: LookContext) => Promise<Finding>;
