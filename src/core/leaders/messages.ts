/** What the leader checks hear, ask for and tell. */
import type { Reason } from '../reason.ts';
import type { LeaderPolicy } from './policy.ts';
import type { InstanceSeen, LeaderVerdict, LeaseSeen } from './state.ts';

export type LeadersEvent =
  | { readonly type: 'leaders.loaded'; readonly policies: readonly LeaderPolicy[] }
  | { readonly type: 'lease.observed'; readonly check: string; readonly seen: LeaseSeen }
  | { readonly type: 'instance.observed'; readonly check: string; readonly url: string; readonly seen: InstanceSeen };

export interface LeaseLook {
  readonly type: 'lease.look';
  readonly check: string;
  readonly namespace: string;
  readonly lease: string;
  readonly kubeconfig: string;
  readonly timeoutMs: number;
}

export interface InstanceLook {
  readonly type: 'instance.look';
  readonly check: string;
  readonly url: string;
  /** The election's name in the instance's metric. */
  readonly lease: string;
  readonly kubeconfig: string;
  readonly timeoutMs: number;
}

export type LeadersAction = LeaseLook | InstanceLook;

export interface LeaderChanged {
  readonly type: 'leader.changed';
  readonly check: string;
  readonly from: LeaderVerdict;
  readonly to: LeaderVerdict;
  readonly reason: Reason;
  readonly detail: string;
}
