/**
 * When a member counts as dead, and whether nodemend replaces it without being asked. Only what was looked at and did not answer is silent: not being let
 * in, or not being able to look at all, is not (S4), and a gap between looks begins the count anew (S13).
 */
import { type Finding, ofCluster, ofMember } from './finding.ts';
import type { EtcdPolicy } from './policy.ts';
import { keepsQuorumWithout } from './quorum.ts';
import { type ClusterView, type MemberView, nameOf } from './view.ts';

/** A service of its own: it may write where the daemon may not, and outlives it. Its start ends with its work. */
export const repairUnit = 'nodemend-etcd-repair.service';

export interface RepairState {
  /** Since when a member is silent, by its id. */
  readonly silentSinceMs: Readonly<Record<string, number>>;
  readonly lookedAtMs: number;
  /** Member of this node: the one that answered at the first endpoint. Kept when it does not any more. */
  readonly ownId: string | null;
  readonly underWay: boolean;
  /** Why the last one did not come to its end; it may have taken the member off the list, where no look finds it dead. Else null. */
  readonly failure: string | null;
  /** After one that failed, the next waits as long as the first did. */
  readonly notBeforeMs: number;
}

export const initialRepair = (nowMs: number, ownId: string | null): RepairState => ({
  silentSinceMs: {},
  lookedAtMs: nowMs,
  ownId,
  underWay: false,
  failure: null,
  notBeforeMs: nowMs,
});

/** Looks that are so many intervals apart tell nothing of what was in between. */
const gapIntervals = 4;

const isSilent = ({ status, trouble }: MemberView): boolean =>
  status === null && (trouble === null || trouble.reason === 'etcd.unreachable');

export function watchSilence(
  repair: RepairState,
  view: ClusterView,
  { everyMs, timeoutMs, endpoints }: EtcdPolicy,
  nowMs: number,
): RepairState {
  const known = nowMs - repair.lookedAtMs <= gapIntervals * (everyMs + timeoutMs) ? repair.silentSinceMs : {};
  const silent = view.members.filter(isSilent);
  const own = view.members.find(({ endpoint }) => endpoint !== null && endpoint === endpoints[0]);
  return {
    ...repair,
    lookedAtMs: nowMs,
    ownId: own?.id ?? repair.ownId,
    silentSinceMs: Object.fromEntries(silent.map(({ id }) => [id, known[id] ?? nowMs])),
  };
}

/** Those without which the cluster goes on. */
export function deadMembers(
  { silentSinceMs }: RepairState,
  view: ClusterView,
  { deadAfterMs }: EtcdPolicy,
  nowMs: number,
): readonly MemberView[] {
  return view.members.filter(
    ({ id, learner }) =>
      nowMs - (silentSinceMs[id] ?? nowMs) >= deadAfterMs && (learner || keepsQuorumWithout(view, id)),
  );
}

export function judgeDead(repair: RepairState, view: ClusterView, policy: EtcdPolicy, nowMs: number): Finding[] {
  const failed = repair.failure === null ? [] : [ofCluster('etcd.repair-failed', repair.failure)];
  const dead = policy.repair === 'observe' ? [] : deadMembers(repair, view, policy, nowMs);
  const told = dead.map((member) => {
    const minutes = Math.floor((nowMs - (repair.silentSinceMs[member.id] ?? nowMs)) / 60_000);
    return ofMember(member, 'etcd.dead', `silent for ${minutes} min, and the others keep quorum without it`);
  });
  return [...told, ...failed];
}

/** Whether this node sets about it, and whom it is about as far as is known: the dead one is its own, or its last attempt was cut off. */
export function toRepair(
  repair: RepairState,
  view: ClusterView,
  policy: EtcdPolicy,
  nowMs: number,
): { readonly member: string | null } | null {
  if (policy.repair !== 'act' || repair.underWay || nowMs < repair.notBeforeMs) return null;
  // Which one is its own the work finds out by itself where it is not known here.
  const own = deadMembers(repair, view, policy, nowMs).find(({ id }) => repair.ownId === null || repair.ownId === id);
  if (own !== undefined) return { member: nameOf(own) };
  return repair.failure === null ? null : { member: null };
}
