/**
 * Takes one snapshot of one member: lock, canary, room, stream, check, record, copy, retention. Never rejects; whatever goes wrong, earlier snapshots are
 * as they were. A cluster that takes no writes is backed up all the same, without lock and canary: then it matters most.
 */
import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { BackupRecord, Taken } from '../../core/etcd/backup.ts';
import type { BackupPolicy } from '../../core/etcd/policy.ts';
import { runCommand } from '../exec/run.ts';
import * as protos from '../grpc/protos/etcd.ts';
import type { Remote } from '../grpc/remote.ts';
import type { Access, Reach } from './access.ts';
import { BackupError, backupFailure } from './backup-error.ts';
import { type Held, releaseLock, takeLock } from './lock.ts';
import { demandRoom, fileName, letGo, openShelf, writeRecord } from './shelf.ts';
import { type SnapshotFacts, writeSnapshot } from './snapshot-file.ts';

/** The lock outlives the longest snapshot. */
const lockSeconds = 600;
const longestMs = 540_000;
const copyMs = 600_000;
const canaryKey = '/nodemend/backup/canary';
const everyKey = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]) };

export interface TakeParts {
  readonly reach: Reach;
  readonly access: Access;
  readonly policy: BackupPolicy;
  /** Name of this node, told to others that want the lock. */
  readonly holder: string;
  readonly timeoutMs: number;
  readonly wallMs: () => number;
}

/** What is known of the cluster just before. */
interface Before {
  readonly status: protos.MemberStatus;
  readonly held: Held | null;
  readonly canary: BackupRecord['canary'];
  readonly revision: number;
  readonly keys: number;
  readonly notices: readonly string[];
}

const told = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A lock that another one has stops everything; a cluster that cannot give one does not. */
async function lock(remote: Remote, { holder, timeoutMs }: TakeParts): Promise<Held | string> {
  try {
    const outcome = await takeLock(
      remote,
      { work: 'backup', holder, ttlSeconds: lockSeconds },
      AbortSignal.timeout(timeoutMs),
    );
    if ('lease' in outcome) return outcome;
    throw new BackupError('backup.busy', `${outcome.holder} has the lock`);
  } catch (error) {
    if (error instanceof BackupError) throw error;
    return `the cluster takes no writes (${told(error)}), so there is no lock and no canary`;
  }
}

async function prepare(remote: Remote, parts: TakeParts): Promise<Before> {
  const deadline = (): AbortSignal => AbortSignal.timeout(parts.timeoutMs);
  const status = await remote.call(protos.readStatus, {}, deadline());
  const held = await lock(remote, parts);
  if (typeof held === 'string') {
    const { header, count } = await remote.call(
      protos.range,
      { ...everyKey, countOnly: true, serializable: true },
      deadline(),
    );
    return {
      status,
      held: null,
      canary: null,
      revision: Number(header.revision),
      keys: Number(count),
      notices: [held],
    };
  }
  const value = randomBytes(16).toString('hex');
  const request = { key: Buffer.from(canaryKey), value: Buffer.from(value), lease: held.lease };
  const { header } = await remote.call(protos.put, request, deadline());
  const revision = Number(header.revision);
  const { count } = await remote.call(protos.range, { ...everyKey, countOnly: true, revision }, deadline());
  return { status, held, canary: { key: canaryKey, value }, revision, keys: Number(count), notices: [] };
}

async function* blobs(remote: Remote, signal: AbortSignal): AsyncGenerator<Buffer, void> {
  for await (const { blob } of remote.stream(protos.streamSnapshot, {}, signal)) yield blob;
}

async function copyAway(argv: readonly string[], path: string): Promise<string[]> {
  if (argv.length === 0) return [];
  const { exitCode, failedToStart, timedOut, stderr } = await runCommand([...argv, path], {
    timeoutMs: copyMs,
    maxBytes: 2_000,
  });
  if (exitCode === 0) return [];
  const why = timedOut
    ? 'it did not end in time'
    : (failedToStart ?? `exit status ${exitCode}: ${stderr.trim().slice(-300)}`);
  return [`the copy by ${argv[0]} failed: ${why}`];
}

async function recordIt(path: string, facts: SnapshotFacts, before: Before, to: protos.MemberStatus, wallMs: number) {
  const { clusterId, memberId } = before.status.header;
  const record: BackupRecord = {
    version: 1,
    file: basename(path),
    takenWallMs: wallMs,
    clusterId,
    memberId,
    etcdVersion: before.status.version,
    ...facts,
    revision: before.revision,
    toRevision: Number(to.header.revision),
    keys: before.keys,
    canary: before.canary,
    verified: null,
  };
  await writeRecord(path, record);
  return record;
}

async function demandNew(path: string): Promise<void> {
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (there) throw new BackupError('backup.failed', `${path} is there already`);
}

/** `path`: where the operator wants it; null for the folder of the policy, and its retention. */
async function takeFrom(remote: Remote, parts: TakeParts, path: string | null): Promise<Taken> {
  const { policy, timeoutMs } = parts;
  const wallMs = parts.wallMs();
  if (path === null) await openShelf(policy.directory, wallMs);
  else await demandNew(path);
  const before = await prepare(remote, parts);
  try {
    const { header, dbSize } = before.status;
    const target = path ?? join(policy.directory, fileName(wallMs, header.clusterId, before.revision));
    await demandRoom(dirname(target), Number(dbSize));
    const signal = AbortSignal.timeout(longestMs);
    const facts = await writeSnapshot(target, blobs(remote, signal), { bytesPerSecond: policy.bytesPerSecond, signal });
    const after = await remote.call(protos.readStatus, {}, AbortSignal.timeout(timeoutMs));
    const record = await recordIt(target, facts, before, after, wallMs);
    const notices = [...before.notices, ...(await copyAway(policy.copy, target))];
    if (path === null) await letGo(policy.directory, policy.keep);
    return { ok: true, path: target, record, notices };
  } finally {
    if (before.held !== null) await releaseLock(remote, before.held, AbortSignal.timeout(timeoutMs));
  }
}

/** The first endpoint that answers: the member on this node, as long as it does. */
async function chooseEndpoint({ reach, access, timeoutMs }: TakeParts): Promise<string> {
  const troubles: string[] = [];
  for (const endpoint of access.endpoints) {
    try {
      await reach(endpoint, access, timeoutMs, (remote, signal) => remote.call(protos.readStatus, {}, signal));
      return endpoint;
    } catch (error) {
      troubles.push(`${endpoint}: ${told(error)}`);
    }
  }
  throw new BackupError('backup.failed', troubles.join('; '));
}

export async function takeBackup(parts: TakeParts, path: string | null): Promise<Taken> {
  try {
    const endpoint = await chooseEndpoint(parts);
    return await parts.reach(endpoint, parts.access, longestMs, (remote) => takeFrom(remote, parts, path));
  } catch (error) {
    return { ok: false, ...backupFailure(error, 'backup.failed') };
  }
}
