/** Snapshots of real etcd members: taken, refused, proven by a real restore, and not proven when they do not hold what they should. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createReach } from '../../src/adapters/etcd/access.ts';
import { readRecord, recordOf } from '../../src/adapters/etcd/shelf.ts';
import { takeBackup } from '../../src/adapters/etcd/take.ts';
import { verifyBackup } from '../../src/adapters/etcd/verify.ts';
import { put } from '../../src/adapters/grpc/protos/etcd.ts';
import type { BackupPolicy } from '../../src/core/etcd/policy.ts';
import { mustRun } from './harness/command.ts';
import { createEtcd, type EtcdCluster } from './harness/etcd.ts';
import { skipWithoutLab } from './harness/lab-test.ts';
import { waitFor } from './harness/wait.ts';

const reach = createReach();
const MiB = 1024 * 1024;
const wallMs = (): number => Date.now();
const limits = { timeout: 300_000, skip: skipWithoutLab() };

async function write(cluster: EtcdCluster, count: number, bytes = 100): Promise<void> {
  const value = Buffer.alloc(bytes, 'x');
  await reach(cluster.members[0].endpoint, cluster.access, 60_000, async (remote, signal) => {
    for (let at = 0; at < count; at += 1)
      await remote.call(put, { key: Buffer.from(`key-${at}`), value, lease: '0' }, signal);
  });
}

function backupsOf(cluster: EtcdCluster, more: Partial<BackupPolicy> = {}) {
  const policy: BackupPolicy = {
    directory: join(cluster.folder, 'backups'),
    schedule: null,
    keep: { hourly: 24, daily: 7, weekly: 4 },
    bytesPerSecond: 1_000 * MiB,
    copy: [],
    verify: { schedule: null, etcd: cluster.program('etcd'), etcdutl: cluster.program('etcdutl') },
    ...more,
  };
  const common = { reach, access: cluster.access, timeoutMs: 5_000, wallMs };
  const parts = { ...common, policy, holder: 'worker-1' };
  return {
    directory: policy.directory,
    take: (path: string | null = null, holder = 'worker-1') => takeBackup({ ...parts, holder }, path),
    verify: (path: string, programs = policy.verify) => verifyBackup(path, { ...common, programs }),
    files: () => (existsSync(policy.directory) ? readdirSync(policy.directory).toSorted() : []),
  };
}

async function mustTake(t: Test, backups: ReturnType<typeof backupsOf>): Promise<string> {
  const taken = await backups.take();
  if (!taken.ok) throw new Error(taken.detail);
  t.match(taken.notices, []);
  return taken.path;
}

t.test(
  'a snapshot is taken, proven by a real restore, and found out when it is not what it should be',
  limits,
  async (t) => {
    const cluster = await createEtcd(t, { tls: true });
    await write(cluster, 50);
    const backups = backupsOf(cluster);
    const path = await mustTake(t, backups);
    const record = await readRecord(path);
    t.match(record, {
      keys: 52,
      etcdVersion: /^3\.5/,
      bytes: statSync(path).size,
      canary: { key: '/nodemend/backup/canary' },
    });
    t.equal(statSync(path).mode & 0o777, 0o600);
    const good = await backups.verify(path);
    t.match(good, { ok: true, reason: 'backup.proven', detail: /keys at revision \d+, and the canary/ });
    t.match((await readRecord(path))?.verified, { ok: true }, 'it is noted beside the file');
    t.equal(backups.files().length, 2, 'nothing is left of the restore');

    const changed = async (change: object): Promise<string> => {
      const copy = join(cluster.folder, 'changed.db');
      cpSync(path, copy);
      writeFileSync(recordOf(copy), JSON.stringify({ ...record, ...change }));
      return copy;
    };
    const without = await changed({ canary: { key: '/nodemend/backup/canary', value: 'another' } });
    t.match(await backups.verify(without), {
      ok: false,
      reason: 'backup.unproven',
      detail: /does not hold the canary/,
    });
    t.match((await readRecord(without))?.verified, { ok: false });
    t.match(await backups.verify(await changed({ keys: 51 })), {
      reason: 'backup.unproven',
      detail: /holds 52 keys .* had 51/,
    });
    t.match(await backups.verify(await changed({ revision: 900 })), {
      reason: 'backup.unproven',
      detail: /the cluster had 900/,
    });
    t.match(await backups.verify(await changed({ clusterId: '255' })), {
      reason: 'backup.other-cluster',
      detail: /of cluster ff/,
    });
    t.match(await backups.verify(await changed({ etcdVersion: '3.4.30' })), {
      reason: 'backup.cannot-verify',
      detail: /etcdutl has version 3\.5, the snapshot is of 3\.4/,
    });
    t.match(
      await backups.verify(path, { schedule: null, etcd: '/nowhere/etcd', etcdutl: '/nowhere/etcdutl' } as never),
      {
        ok: false,
        reason: 'backup.cannot-verify',
        detail: /cannot run \/nowhere\/etcdutl: ENOENT/,
      },
    );
    t.match((await readRecord(path))?.verified, { ok: true }, 'what could not be tried does not count against it');
    truncateSync(without, statSync(without).size - 4_096);
    t.match(await backups.verify(without), { ok: false, reason: 'backup.torn' });
  },
);

t.test('one at a time in the cluster, and the lock of a node that is gone does not stay', limits, async (t) => {
  const cluster = await createEtcd(t);
  await write(cluster, 4, MiB);
  const slow = backupsOf(cluster, { bytesPerSecond: 2 * MiB });
  const first = slow.take(null, 'worker-1');
  await waitFor(() => slow.files().some((name) => name.endsWith('.part')), 30_000, 'the first is under way');
  t.match(await slow.take(null, 'worker-2'), { ok: false, reason: 'backup.busy', detail: 'worker-1 has the lock' });
  t.match(await first, { ok: true });
  t.match(await slow.take(null, 'worker-2'), { ok: true });
  t.equal(slow.files().length, 2, 'of one hour the newest stays, with its record');

  const again = slow.take();
  await waitFor(() => slow.files().some((name) => name.endsWith('.part')), 30_000, 'the third is under way');
  await cluster.members[0].kill();
  t.match(await again, { ok: false, reason: 'backup.failed' }, 'the member was killed in the middle');
  t.equal(slow.files().length, 2, 'what was there is there, and nothing else');
});

t.test('without quorum a survivor is backed up all the same', limits, async (t) => {
  const cluster = await createEtcd(t, { count: 3 });
  await write(cluster, 10);
  const [first, second, third] = cluster.members;
  await Promise.all([second?.kill(), third?.kill()]);
  const backups = backupsOf(cluster);
  const taken = await backups.take();
  t.match(taken, { ok: true, record: { canary: null, keys: 10 }, notices: [/the cluster takes no writes/] });
  t.match(taken.ok && (await backups.verify(taken.path)), {
    ok: true,
    detail: /10 keys at revision \d+, without a canary/,
  });
  await first.kill();
  t.match(await backups.take(), { ok: false, reason: 'backup.failed', detail: /ECONNREFUSED/ });
});

t.test('a full disk, a file that is there, a copy that fails: each is told, and nothing is lost', limits, async (t) => {
  const cluster = await createEtcd(t);
  await write(cluster, 3, MiB);
  const small = join(cluster.folder, 'small');
  mkdirSync(small);
  await mustRun(['mount', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', small]);
  t.teardown(() => mustRun(['umount', small]));
  const full = backupsOf(cluster, { directory: small });
  t.match(await full.take(), {
    ok: false,
    reason: 'backup.no-room',
    detail: /2 MiB are free in .*, \d+ MiB are needed/,
  });
  t.same(full.files(), []);

  const script = join(cluster.folder, 'copy');
  writeFileSync(script, '#!/bin/sh\necho no room there >&2\nexit 3\n');
  chmodSync(script, 0o755);
  const copied = backupsOf(cluster, { copy: [script] });
  const taken = await copied.take();
  t.match(taken, { ok: true, notices: [/the copy by .* failed: exit status 3: no room there/] });
  const path = taken.ok ? taken.path : '';
  const before = readFileSync(path);
  t.match(await copied.take(path), { ok: false, reason: 'backup.failed', detail: /is there already/ });
  t.ok(readFileSync(path).equals(before));
});
