/** What the daemon does around etcd: one function per action of the core. Nothing here rejects, and nothing is loaded before it is first asked. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Taken } from '../../core/etcd/backup.ts';
import type { EtcdGuard } from '../../ports.ts';
import { createReach } from './access.ts';
import { flyCanary } from './canary.ts';
import { hashMembers } from './hashes.ts';
import { lookAndLearn } from './remember.ts';
import { openShelf, readRecords } from './shelf.ts';
import { takeBackup } from './take.ts';
import { verifyBackup } from './verify.ts';

/** Nodes with the same schedule take their turns: a snapshot of a large database takes minutes. */
const retryMs = 5_000;
const patienceMs = 1_800_000;

export interface GuardParts {
  /** Its name is told to others that want the lock, and part of the canary's key. */
  readonly node: string;
  /** Of the agent's state. */
  readonly directory: string;
  readonly wallMs: () => number;
}

export function createEtcdGuard({ node, directory, wallMs }: GuardParts): EtcdGuard {
  const reach = createReach();
  const ending = new AbortController();

  async function inTurn(take: () => Promise<Taken>): Promise<Taken> {
    const untilMs = performance.now() + patienceMs;
    for (;;) {
      const taken = await take();
      if (taken.ok || taken.reason !== 'backup.busy' || performance.now() > untilMs || ending.signal.aborted)
        return taken;
      await wait(retryMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  }

  return {
    look: async (policy) => (await lookAndLearn(policy, policy.certificates, { reach, directory, wallMs })).view,
    canary: (policy) => flyCanary(reach, policy, node, policy.timeoutMs),
    compare: (policy, view) => hashMembers(reach, policy, view),
    list: async ({ directory }) => {
      // What cannot be made now is told by the first snapshot.
      await openShelf(directory, wallMs()).catch(() => undefined);
      return readRecords(directory);
    },
    take: (policy, backup) => {
      const parts = { reach, access: policy, policy: backup, holder: node, timeoutMs: policy.timeoutMs, wallMs };
      return inTurn(() => takeBackup(parts, null));
    },
    verify: ({ timeoutMs, ...access }, backup, file) =>
      verifyBackup(join(backup.directory, file), { reach, access, programs: backup.verify, timeoutMs, wallMs }),
    close: () => ending.abort(),
  };
}
