/**
 * One at a time in the cluster: a key that is bound to a lease. The lease is longer than the work may take, or is renewed, and a lock that a
 * killed node left behind goes away by itself.
 */
import * as protos from '../grpc/protos/etcd.ts';
import type { Remote } from '../grpc/remote.ts';

/** What is done one at a time. */
const lockKeys = { backup: '/nodemend/backup/lock', members: '/nodemend/members/lock' } as const;

export interface Held {
  readonly lease: string;
}

export interface HeldByAnother {
  readonly holder: string;
}

export interface LockWish {
  readonly work: keyof typeof lockKeys;
  readonly holder: string;
  readonly ttlSeconds: number;
}

/** Rejects when the cluster takes no writes. */
export async function takeLock(
  remote: Remote,
  { work, holder, ttlSeconds }: LockWish,
  signal: AbortSignal,
): Promise<Held | HeldByAnother> {
  const key = Buffer.from(lockKeys[work]);
  const { id: lease } = await remote.call(protos.grantLease, { ttl: ttlSeconds }, signal);
  const { succeeded, responses } = await remote.call(
    protos.transact,
    {
      compare: [{ target: 'CREATE', key, createRevision: 0 }],
      success: [{ requestPut: { key, value: Buffer.from(holder), lease } }],
      failure: [{ requestRange: { key } }],
    },
    signal,
  );
  if (succeeded) return { lease };
  await remote.call(protos.revokeLease, { id: lease }, signal);
  return { holder: responses[0]?.responseRange?.kvs[0]?.value.toString() ?? 'somebody' };
}

/** Lets go of the key and of everything else that was bound to the lease. */
export async function releaseLock(remote: Remote, { lease }: Held, signal: AbortSignal): Promise<void> {
  // The lease ends by itself when it cannot be revoked.
  await remote.call(protos.revokeLease, { id: lease }, signal).catch(() => undefined);
}
