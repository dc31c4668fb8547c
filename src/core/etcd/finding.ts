/** One thing that is the matter: with a member, or with the cluster as a whole. */
import type { Reason } from '../reason.ts';
import { type MemberView, nameOf } from './view.ts';

export type EtcdReason = Extract<Reason, `etcd.${string}`>;

export interface Finding {
  readonly reason: EtcdReason;
  /** Name of the member; null for the cluster. */
  readonly member: string | null;
  readonly detail: string;
}

export const ofCluster = (reason: EtcdReason, detail: string): Finding => ({ reason, member: null, detail });
export const ofMember = (member: MemberView, reason: EtcdReason, detail: string): Finding => ({
  reason,
  member: nameOf(member),
  detail,
});
