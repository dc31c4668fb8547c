/**
 * Proves a snapshot: the hash it carries, its record, etcd's own check of its pages, a real restore beside it, and whether what was restored holds the
 * revision, the number of keys and the canary that the live cluster had. Never rejects; changes nothing but the record beside the file.
 */
import { basename, dirname, join } from 'node:path';
import type { BackupRecord, Verification } from '../../core/etcd/backup.ts';
import { runCommand } from '../exec/run.ts';
import * as protos from '../grpc/protos/etcd.ts';
import type { Remote } from '../grpc/remote.ts';
import type { Access, Reach } from './access.ts';
import { BackupError, backupFailure } from './backup-error.ts';
import { minorOf, versionOf } from './program-version.ts';
import { demandRoom, readRecord, writeRecord } from './shelf.ts';
import { checkSnapshot } from './snapshot-file.ts';
import { lastWords, type Programs, withRestored } from './throwaway.ts';

const statusMs = 300_000;
const mostBytes = 4_000;
/** etcd allocates so much for its write-ahead log at once. */
const logBytes = 64 * 1024 * 1024;
const everyKey = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]) };

export interface VerifyParts {
  readonly reach: Reach;
  readonly access: Access;
  readonly programs: Programs;
  readonly timeoutMs: number;
  readonly wallMs: () => number;
}

/** A restore by another minor version would prove something else, or fail for its own sake. */
async function demandVersions({ etcd, etcdutl }: Programs, record: BackupRecord | null): Promise<void> {
  const own = minorOf(await versionOf(etcdutl, 'version'));
  const server = minorOf(await versionOf(etcd, '--version'));
  const wanted = record === null ? server : minorOf(record.etcdVersion);
  for (const [program, version] of [
    [etcdutl, own],
    [etcd, server],
  ] as const)
    if (version !== wanted)
      throw new BackupError('backup.cannot-verify', `${program} has version ${version}, the snapshot is of ${wanted}`);
}

/** The cluster may be gone, which is what backups are for: only one that answers can contradict. */
async function demandSameCluster(
  { reach, access, timeoutMs }: VerifyParts,
  record: BackupRecord | null,
): Promise<void> {
  const hex = (id: string): string => BigInt(id).toString(16);
  for (const endpoint of record === null ? [] : access.endpoints) {
    const status = await reach(endpoint, access, timeoutMs, (remote, signal) =>
      remote.call(protos.readStatus, {}, signal),
    ).catch(() => null);
    if (status === null) continue;
    const { clusterId } = status.header;
    if (record !== null && clusterId !== record.clusterId)
      throw new BackupError(
        'backup.other-cluster',
        `it is of cluster ${hex(record.clusterId)}, ${endpoint} is of ${hex(clusterId)}`,
      );
    return;
  }
}

async function demandPages(path: string, { etcdutl }: Programs): Promise<void> {
  const result = await runCommand([etcdutl, 'snapshot', 'status', path, '-w', 'json'], {
    timeoutMs: statusMs,
    maxBytes: mostBytes,
  });
  if (result.exitCode !== 0) throw new BackupError('backup.unproven', `etcdutl snapshot status: ${lastWords(result)}`);
}

/** Throws when what was restored is not what the record says. */
async function compare(remote: Remote, record: BackupRecord, signal: AbortSignal): Promise<void> {
  const unproven = (detail: string) => new BackupError('backup.unproven', detail);
  const { header } = await remote.call(protos.range, { ...everyKey, countOnly: true }, signal);
  const found = Number(header.revision);
  const { revision, toRevision, keys, canary } = record;
  // A restored cluster of one writes nothing by itself, but leases that end delete their keys.
  if (found < revision) throw unproven(`it ends at revision ${found}, the cluster had ${revision} before it was taken`);
  const counted = Number((await remote.call(protos.range, { ...everyKey, countOnly: true, revision }, signal)).count);
  if (counted !== keys) throw unproven(`it holds ${counted} keys at revision ${revision}, the cluster had ${keys}`);
  if (canary === null) return;
  const { kvs } = await remote.call(protos.range, { key: Buffer.from(canary.key), revision }, signal);
  if (kvs[0]?.value.toString() !== canary.value)
    throw unproven(
      `it does not hold the canary that was written before it was taken (revisions ${revision} to ${toRevision})`,
    );
}

async function prove(path: string, record: BackupRecord | null, parts: VerifyParts): Promise<string> {
  const { programs, reach } = parts;
  const { bytes, sha256 } = await checkSnapshot(path);
  if (record !== null && record.sha256 !== sha256)
    throw new BackupError('backup.torn', 'its hash is not the one in the record beside it');
  await demandSameCluster(parts, record);
  await demandVersions(programs, record);
  await demandRoom(dirname(path), 2 * bytes + logBytes);
  await demandPages(path, programs);
  const folder = join(dirname(path), `restore-${basename(path)}-${process.pid}`);
  return withRestored({ snapshot: path, folder, programs, reach }, async (remote, signal) => {
    const { header, count } = await remote.call(protos.range, { ...everyKey, countOnly: true }, signal);
    if (record !== null) await compare(remote, record, signal);
    const held = `${count} keys at revision ${header.revision}`;
    if (record === null) return `${held}; there is no record beside it to compare with`;
    return record.canary === null ? `${held}, without a canary` : `${held}, and the canary`;
  });
}

export async function verifyBackup(path: string, parts: VerifyParts): Promise<Verification> {
  const record = await readRecord(path);
  const wallMs = parts.wallMs();
  const verification = await prove(path, record, parts).then(
    (detail): Verification => ({ wallMs, ok: true, reason: 'backup.proven', detail }),
    (error): Verification => ({ wallMs, ok: false, ...backupFailure(error, 'backup.cannot-verify') }),
  );
  // What could not be tried is no word on the snapshot.
  const judged = verification.ok || verification.reason === 'backup.unproven' || verification.reason === 'backup.torn';
  if (record !== null && judged) await writeRecord(path, { ...record, verified: verification }).catch(() => undefined);
  return verification;
}
