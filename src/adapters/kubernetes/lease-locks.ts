/** Locks in Leases: those of one kubeconfig share a client. */
import type { LockKind } from '../locks/lock.ts';
import { createKubernetesClient, type KubernetesClient } from './client.ts';
import { openLeaseLock } from './lease-lock.ts';

export function createLeaseLocks(): LockKind {
  const clients = new Map<string, KubernetesClient>();
  return {
    open: (parts) => {
      const { lock } = parts.policy;
      if (lock.kind !== 'kubernetes') throw new Error('this is no lock in a Lease');
      const { kubeconfig, context } = lock;
      const key = JSON.stringify([kubeconfig, context]);
      const source =
        kubeconfig === null
          ? ({ kind: 'service-account' } as const)
          : ({ kind: 'kubeconfig', path: kubeconfig, ...(context !== null && { context }) } as const);
      const client = clients.get(key) ?? createKubernetesClient({ source, nowMs: parts.nowMs });
      clients.set(key, client);
      return openLeaseLock(parts, client);
    },
    close: () => {
      for (const client of clients.values()) client.close();
    },
  };
}
