/** The series around etcd, read from the view. Members come and go, so theirs are made anew each time. */
import { isGood, newestGood } from '../core/etcd/backup.ts';
import { standingOf } from '../core/etcd/quorum.ts';
import { type MemberView, nameOf } from '../core/etcd/view.ts';
import { cleanText } from '../markup/clean.ts';
import type { Series } from './series.ts';
import type { EtcdView } from './view.ts';

const perMember = ['etcdUp', 'etcdSize', 'etcdInUse', 'etcdQuota', 'etcdCertificate', 'etcdFinding'] as const;
/** A name is from outside; so are at most a few dozen of them, which etcd itself bounds. */
const mostCharacters = 64;

function fillMember(series: Series, member: MemberView): void {
  const labels = { member: cleanText(nameOf(member), mostCharacters) };
  const { status, figures, certificateEndsWallMs } = member;
  series.set('etcdUp', labels, Number(status !== null));
  if (status !== null) {
    series.set('etcdSize', labels, status.dbBytes);
    series.set('etcdInUse', labels, status.dbBytesInUse);
  }
  if (figures?.quotaBytes != null) series.set('etcdQuota', labels, figures.quotaBytes);
  if (certificateEndsWallMs !== null) series.set('etcdCertificate', labels, certificateEndsWallMs / 1_000);
}

function fillBackup(series: Series, { records, lastTaken, lastProof }: NonNullable<EtcdView['backup']>): void {
  const [newest] = newestGood(records);
  const proofs = records.flatMap(({ verified }) => (verified?.ok === true ? [verified.wallMs] : []));
  series.set('backupTaken', {}, (newest?.takenWallMs ?? 0) / 1_000);
  series.set('backupProven', {}, Math.max(0, ...proofs) / 1_000);
  series.set('backupCount', {}, records.filter(isGood).length);
  series.set('backupBytes', {}, newest?.bytes ?? 0);
  if (lastTaken !== null) series.set('backupOk', {}, Number(lastTaken.ok));
  if (lastProof !== null) series.set('backupProofOk', {}, Number(lastProof.ok));
}

export function fillEtcd(series: Series, { cluster, findings, canary, backup }: EtcdView): void {
  for (const key of perMember) series.clear(key);
  for (const { reason, member } of findings)
    series.set('etcdFinding', { reason, member: cleanText(member ?? '', mostCharacters) }, 1);
  if (cluster !== null) {
    for (const member of cluster.members) fillMember(series, member);
    const { voters, spare } = standingOf(cluster);
    series.set('etcdVoters', {}, voters);
    series.set('etcdSpare', {}, voters === 0 ? -1 : spare);
    series.set('etcdLook', {}, cluster.takenWallMs / 1_000);
  }
  if (canary !== null) {
    series.set('etcdCanary', {}, Number(canary.ok));
    series.set('etcdCanaryTook', {}, canary.durationMs / 1_000);
  }
  if (backup !== null) fillBackup(series, backup);
}
