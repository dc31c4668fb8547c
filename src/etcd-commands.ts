/** `nodemend etcd ...` with the members of this node's cluster behind it. None of these needs the daemon. */
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { createReach } from './adapters/etcd/access.ts';
import { observeCluster } from './adapters/etcd/observe.ts';
import { readRecords } from './adapters/etcd/shelf.ts';
import { takeBackup } from './adapters/etcd/take.ts';
import { verifyBackup } from './adapters/etcd/verify.ts';
import { etcdSnapshot } from './cli/etcd-snapshot.ts';
import { etcdStatus } from './cli/etcd-status.ts';
import { etcdVerify } from './cli/etcd-verify.ts';
import { exitStatus, type Io } from './cli/io.ts';
import { findEtcdHere } from './config/etcd-here.ts';
import { loadConfigFile } from './config/load.ts';
import { describeProblems } from './config/problem.ts';
import { resolveBackup, resolveEtcd } from './config/resolve-etcd.ts';
import { newestGood } from './core/etcd/backup.ts';
import type { BackupPolicy, EtcdPolicy } from './core/etcd/policy.ts';
import { stateDirectory } from './state-directory.ts';

export interface EtcdOptions {
  readonly config: string | null;
  readonly json?: boolean | undefined;
}

interface FileOptions extends EtcdOptions {
  readonly file: string | null;
}

export interface Policies {
  readonly node: string;
  readonly etcd: EtcdPolicy;
  readonly backup: BackupPolicy;
  /** The agent's state. */
  readonly directory: string;
}

const wallMs = (): number => Date.now();

/** With what the configuration and the node say; a configuration that cannot be used ends it. */
export async function withPolicies(
  { config: file }: EtcdOptions,
  io: Io,
  work: (policies: Policies) => Promise<number>,
): Promise<number> {
  const loaded = await loadConfigFile(file);
  if (!loaded.ok) {
    io.err(`${describeProblems(loaded.problems)}\n`);
    return exitStatus.usage;
  }
  const { config } = loaded;
  const node = config.node ?? hostname();
  return work({
    node,
    etcd: resolveEtcd(config, await findEtcdHere()),
    backup: resolveBackup(config),
    directory: stateDirectory(),
  });
}

export const etcdStatusHere = (options: EtcdOptions, io: Io): Promise<number> =>
  withPolicies(options, io, ({ etcd }) => {
    const way = { reach: createReach(), timeoutMs: etcd.timeoutMs, wallMs };
    return etcdStatus(options, io, () => observeCluster(etcd, etcd.certificates, way));
  });

export const etcdSnapshotHere = (options: FileOptions, io: Io): Promise<number> =>
  withPolicies(options, io, ({ node, etcd, backup }) => {
    const { timeoutMs } = etcd;
    const parts = { reach: createReach(), access: etcd, policy: backup, holder: node, timeoutMs, wallMs };
    return etcdSnapshot(options, io, () => takeBackup(parts, options.file === null ? null : resolve(options.file)));
  });

async function newestPath(directory: string): Promise<string | null> {
  const [newest] = newestGood(await readRecords(directory));
  return newest === undefined ? null : join(directory, newest.file);
}

export const etcdVerifyHere = (options: FileOptions, io: Io): Promise<number> =>
  withPolicies(options, io, ({ etcd, backup }) =>
    etcdVerify(options, io, async () => {
      const path = options.file === null ? await newestPath(backup.directory) : resolve(options.file);
      const { timeoutMs } = etcd;
      const parts = { reach: createReach(), access: etcd, programs: backup.verify, timeoutMs, wallMs };
      return path === null ? null : { path, verification: await verifyBackup(path, parts) };
    }),
  );
