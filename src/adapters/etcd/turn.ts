/** A turn at the members of a cluster: one at a time. Kept while its process lives, and gone some seconds after. */
import { hasAlarm, quorumHolds } from '../../core/etcd/work/guards.ts';
import type { Scene } from '../../core/etcd/work/scene.ts';
import * as protos from '../grpc/protos/etcd.ts';
import type { AccessFiles, Reach } from './access.ts';
import { endpointsOf } from './do-step.ts';
import { type Held, releaseLock, takeLock } from './lock.ts';

const told = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const ttlSeconds = 5;
const renewMs = 1_500;

export interface Turn {
  /** null when it is ours, or when the cluster takes no writes and so gives none; else what it waits for. */
  take(scene: Scene): Promise<string | null>;
  end(): Promise<void>;
}

export function createTurn(reach: Reach, files: AccessFiles, holder: string, timeoutMs: number): Turn {
  let held: Held | null = null;
  let endpoints: readonly string[] = [];
  let renewing: NodeJS.Timeout | null = null;

  /** At the first member that answers. */
  async function ask<Result>(work: Parameters<typeof reach<Result>>[3]): Promise<Result> {
    let failure: unknown = new Error('no member answers');
    for (const endpoint of endpoints)
      try {
        return await reach(endpoint, files, timeoutMs, work);
      } catch (error) {
        failure = error;
      }
    throw failure;
  }

  async function renew(): Promise<boolean> {
    const id = held?.lease;
    if (id === undefined) return false;
    return ask(async (remote, signal) => {
      for await (const { ttl } of remote.stream(protos.keepLease, { id }, signal)) return Number(ttl) > 0;
      return false;
    }).catch(() => false);
  }

  return {
    take: async (scene) => {
      endpoints = endpointsOf(scene);
      if (await renew()) return null;
      held = null;
      const wish = { work: 'members', holder, ttlSeconds } as const;
      // Then there is nothing to hold a lock with, and the guards of the plan are what is left.
      if (quorumHolds(scene.view) !== null || hasAlarm(scene.view, 'NOSPACE')) return null;
      const taken = await ask((remote, signal) => takeLock(remote, wish, signal)).catch(told);
      if (typeof taken === 'string') return `the lock in etcd (${taken})`;
      if ('holder' in taken) return `${taken.holder}, which is at work in this cluster`;
      held = taken;
      renewing ??= setInterval(() => void renew(), renewMs).unref();
      return null;
    },
    end: async () => {
      if (renewing !== null) clearInterval(renewing);
      const last = held;
      held = null;
      if (last !== null) await ask((remote, signal) => releaseLock(remote, last, signal)).catch(() => undefined);
    },
  };
}
