/** What is the matter with each member, from one look and, where it is known, an earlier one. */
import { type EtcdReason, type Finding, ofMember } from './finding.ts';
import { percentileOf, since } from './percentile.ts';
import { keepsQuorumWithout } from './quorum.ts';
import { faultOf } from './versions.ts';
import { type ClusterView, type MemberFigures, type MemberStatus, type MemberView, nameOf } from './view.ts';

const MiB = 1024 * 1024;
/** etcd's own when none is set. */
export const usualQuotaBytes = 2_048 * MiB;
/** etcd's mixin: warns at 95 %; here earlier, because a raise takes a restart of each member. */
const quotaShare = 0.8;
/** OpenShift's rule for a defragmentation. */
const fragmentedShare = 0.45;
const fragmentedLeastBytes = 100 * MiB;
/** etcd's mixin: p99 of fsync above 0.5 s, of commits above 0.25 s; 0.1 s is where leader elections begin to suffer. */
const slowFsyncSeconds = 0.1;
const slowCommitSeconds = 0.25;
/** Fewer than so many tell nothing of a hundredth. */
const fewestSamples = 100;
/** The server itself refuses requests at a gap of 5,000 (etcd-io/etcd: maxGapBetweenApplyAndCommitIndex). */
const lagEntries = 1_000;
const day = 86_400_000;
export const certificateDays = 14;

const mib = (bytes: number): string => `${Math.round(bytes / MiB)} MiB`;
const percent = (share: number): string => `${Math.round(share * 100)} %`;

function judgeAlarms(member: MemberView, { errors }: MemberStatus): Finding[] {
  const said = errors.join('; ');
  return [
    ...(said.includes('NOSPACE') ? [ofMember(member, 'etcd.no-space', said)] : []),
    ...(said.includes('CORRUPT') ? [ofMember(member, 'etcd.corrupt', said)] : []),
  ];
}

export const quotaOf = ({ figures }: MemberView): number => figures?.quotaBytes || usualQuotaBytes;

export const isFragmented = ({ dbBytes, dbBytesInUse }: Pick<MemberStatus, 'dbBytes' | 'dbBytesInUse'>): boolean =>
  dbBytes - dbBytesInUse >= fragmentedShare * dbBytes && dbBytes >= fragmentedLeastBytes;

function judgeSize(member: MemberView, { dbBytes, dbBytesInUse }: MemberStatus): Finding[] {
  const quota = quotaOf(member);
  const free = dbBytes - dbBytesInUse;
  return [
    ...(dbBytes >= quotaShare * quota
      ? [ofMember(member, 'etcd.quota-near', `${mib(dbBytes)} of ${mib(quota)} (${percent(dbBytes / quota)})`)]
      : []),
    ...(isFragmented({ dbBytes, dbBytesInUse })
      ? [ofMember(member, 'etcd.fragmented', `${mib(free)} of ${mib(dbBytes)} are free (${percent(free / dbBytes)})`)]
      : []),
  ];
}

function judgeTimes(member: MemberView, figures: MemberFigures, before: MemberFigures | null): Finding[] {
  const late = (kind: 'fsync' | 'commit', name: string, limit: number): string[] => {
    const recent = since(before?.[kind] ?? [], figures[kind]);
    const seconds = percentileOf(recent, 0.99);
    const enough = (recent.at(-1)?.count ?? 0) >= fewestSamples;
    return enough && seconds !== null && seconds > limit ? [`99 % of ${name} take up to ${seconds * 1_000} ms`] : [];
  };
  const told = [
    ...late('fsync', 'WAL syncs', slowFsyncSeconds),
    ...late('commit', 'backend commits', slowCommitSeconds),
  ];
  return told.length === 0 ? [] : [ofMember(member, 'etcd.slow-disk', told.join(', '))];
}

function judgeStatus(member: MemberView, status: MemberStatus): Finding[] {
  const behind = status.raftIndex - status.raftAppliedIndex;
  const fault = faultOf(status.version);
  return [
    ...(status.leaderId === '0' ? [ofMember(member, 'etcd.no-leader', status.errors.join('; '))] : []),
    ...judgeAlarms(member, status),
    ...judgeSize(member, status),
    ...(behind > lagEntries ? [ofMember(member, 'etcd.lagging', `${behind} entries are not applied yet`)] : []),
    ...(fault === null ? [] : [ofMember(member, 'etcd.bad-version', fault)]),
  ];
}

/** null while it is far off. */
export function judgeEnd(
  endsWallMs: number,
  nowWallMs: number,
): { readonly reason: EtcdReason; readonly when: string } | null {
  const days = Math.floor((endsWallMs - nowWallMs) / day);
  if (endsWallMs <= nowWallMs) return { reason: 'etcd.certificate-expired', when: `ended ${-days} days ago` };
  return days < certificateDays ? { reason: 'etcd.certificate-expiring', when: `ends in ${days} days` } : null;
}

function judgeCertificate(member: MemberView, nowWallMs: number): Finding[] {
  const ending = member.certificateEndsWallMs === null ? null : judgeEnd(member.certificateEndsWallMs, nowWallMs);
  return ending === null ? [] : [ofMember(member, ending.reason, `the certificate it shows ${ending.when}`)];
}

/** A person who is about to restart it has to know what that may cost. */
function judgeSilence(view: ClusterView, member: MemberView): Finding[] {
  const { trouble } = member;
  if (trouble === null) return [];
  const kept = keepsQuorumWithout(view, member.id);
  const others = kept ? 'the others keep quorum without it' : 'the others have no quorum without it';
  return [ofMember(member, trouble.reason, `${trouble.detail}; ${others}`)];
}

function judgeOne(view: ClusterView, member: MemberView, before: MemberView | null): Finding[] {
  const { status, figures, answeredBy, name } = member;
  if (name === '' && status === null)
    return [ofMember(member, 'etcd.unstarted', `${nameOf(member)} was added and never started`)];
  if (answeredBy !== null)
    return [ofMember(member, 'etcd.wrong-address', `${member.clientUrls.join(', ')} leads to member ${answeredBy}`)];
  return [
    ...judgeSilence(view, member),
    ...(status === null ? [] : judgeStatus(member, status)),
    ...(figures === null ? [] : judgeTimes(member, figures, before?.figures ?? null)),
    ...judgeCertificate(member, view.takenWallMs),
  ];
}

export function judgeMembers(view: ClusterView, before: ClusterView | null): Finding[] {
  return view.members.flatMap((member) =>
    judgeOne(view, member, before?.members.find(({ id }) => id === member.id) ?? null),
  );
}
