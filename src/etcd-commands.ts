/** `nodemend etcd ...` with the members of this node's cluster behind it. None of these needs the daemon. */
import { createReach } from './adapters/etcd/access.ts';
import { observeCluster } from './adapters/etcd/observe.ts';
import { etcdStatus } from './cli/etcd-status.ts';
import { exitStatus, type Io } from './cli/io.ts';
import { findEtcdHere } from './config/etcd-here.ts';
import { loadConfigFile } from './config/load.ts';
import { describeProblems } from './config/problem.ts';
import { resolveBackup, resolveEtcd } from './config/resolve-etcd.ts';
import type { BackupPolicy, EtcdPolicy } from './core/etcd/policy.ts';

export interface EtcdOptions {
  readonly config: string | null;
  readonly json?: boolean | undefined;
}

interface Policies {
  readonly etcd: EtcdPolicy;
  readonly backup: BackupPolicy;
}

const wallMs = (): number => Date.now();

async function withPolicies(
  { config: file }: EtcdOptions,
  io: Io,
  work: (policies: Policies) => Promise<number>,
): Promise<number> {
  const loaded = await loadConfigFile(file);
  if (!loaded.ok) {
    io.err(`${describeProblems(loaded.problems)}\n`);
    return exitStatus.usage;
  }
  return work({ etcd: resolveEtcd(loaded.config, await findEtcdHere()), backup: resolveBackup(loaded.config) });
}

export const etcdStatusHere = (options: EtcdOptions, io: Io): Promise<number> =>
  withPolicies(options, io, ({ etcd }) => {
    const way = { reach: createReach(), timeoutMs: etcd.timeoutMs, wallMs };
    return etcdStatus(options, io, () => observeCluster(etcd, etcd.certificates, way));
  });
