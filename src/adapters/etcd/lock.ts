/**
 * One at a time in the cluster: a key that is bound to a lease. The lease is longer than the work may take, so it needs no renewal, and a lock that a
 * killed node left behind goes away by itself.
 */
import * as protos from '../grpc/protos/etcd.ts';
import type { Remote } from '../grpc/remote.ts';

const key = Buffer.from('/nodemend/backup/lock');

export interface Held {
  readonly lease: string;
}

export interface HeldByAnother {
  readonly holder: string;
}

/** Rejects when the cluster takes no writes. */
export async function takeLock(
  remote: Remote,
  { holder, ttlSeconds }: { readonly holder: string; readonly ttlSeconds: number },
  signal: AbortSignal,
): Promise<Held | HeldByAnother> {
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
