/**
 * What has to hold before a step, as it was just seen. Each says what is in the way, or null. INVARIANT: no plan takes a member out that answers unless
 * all others do and have quorum without it.
 */
import { keepsQuorumWithout, standingOf, takesPart } from '../quorum.ts';
import { type ClusterView, type MemberView, nameOf } from '../view.ts';

const names = (members: readonly MemberView[]): string => members.map(nameOf).join(', ');
const isVoter = ({ learner }: MemberView): boolean => !learner;
const plural = (members: readonly unknown[]): string => (members.length === 1 ? 'does' : 'do');

export const votersOf = ({ members }: ClusterView): readonly MemberView[] => members.filter(isVoter);

export function leaderOf(view: ClusterView): MemberView | null {
  return view.members.find(({ id, status }) => status !== null && status.leaderId === id) ?? null;
}

export const hasAlarm = (view: ClusterView, alarm: 'NOSPACE' | 'CORRUPT'): boolean =>
  view.members.some(({ status }) => status?.errors.some((said) => said.includes(alarm)) === true);

export function oneCluster(view: ClusterView): string | null {
  const [stranger] = view.strangers;
  if (stranger !== undefined)
    return `the configured endpoints belong to different clusters: ${stranger.endpoint} is of ${BigInt(stranger.clusterId).toString(16)}; list those of one`;
  if (view.clusterId !== null) return null;
  const [silent] = view.silent;
  return `no etcd member answers${silent === undefined ? '' : ` (${silent.endpoint}: ${silent.trouble.detail})`}; list client URLs of its members below etcd.endpoints, or see nodemend etcd status`;
}

export function quorumHolds(view: ClusterView): string | null {
  const { answering, voters, quorum, spare } = standingOf(view);
  return spare < 0
    ? `quorum is lost: ${answering} of ${voters} voters take part, ${quorum} are needed; bring members back, or restore the cluster`
    : null;
}

/** Whoever answers and knows no leader is out as well. */
export function allTakePart({ members }: ClusterView): string | null {
  const silent = members.filter((member) => !takesPart(member));
  return silent.length === 0
    ? null
    : `${names(silent)} ${plural(silent)} not take part, and never more than one member is taken out; mend, replace or remove that one first`;
}

export function noneJoins(view: ClusterView, apartFrom: readonly string[] = []): string | null {
  const joining = view.members.filter(({ id, learner }) => learner && !apartFrom.includes(id));
  return joining.length === 0
    ? null
    : `${names(joining)} ${joining.length === 1 ? 'is a learner' : 'are learners'}: finish that where it was begun, or remove it, since one change is made at a time`;
}

export function holdsWithout(view: ClusterView, memberId: string): string | null {
  const { voters } = standingOf(view);
  return keepsQuorumWithout(view, memberId) ? null : `the others have no quorum of ${voters} voters without it`;
}

export const othersVote = (view: ClusterView, memberId: string): string | null =>
  votersOf(view).some(({ id }) => id !== memberId) ? null : 'it is the last voter';

export function notCorrupt(view: ClusterView): string | null {
  return hasAlarm(view, 'CORRUPT')
    ? 'the alarm CORRUPT is raised: who is added now may copy the damage; nodemend etcd status tells what to do'
    : null;
}

const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');

/** Membership is not changed in the middle of an upgrade. */
export function oneVersion(view: ClusterView): string | null {
  const found = [...new Set(view.members.flatMap(({ status }) => (status === null ? [] : [minorOf(status.version)])))];
  return found.length > 1
    ? `members run ${found.toSorted().join(' and ')}: finish the upgrade first (nodemend etcd upgrade on each node)`
    : null;
}

/** Entries that a member may be behind: as many as the look at members allows. */
const nearEntries = 1_000;

/** It takes part, and has caught up. */
export function isNear(member: MemberView, view: ClusterView): boolean {
  const leader = leaderOf(view);
  if (!takesPart(member) || member.status === null || leader?.status == null) return false;
  return leader.status.raftIndex - member.status.raftAppliedIndex <= nearEntries;
}

/** The first thing that is in the way. */
export const firstOf = (...found: readonly (string | null)[]): string | null =>
  found.find((one) => one !== null) ?? null;
