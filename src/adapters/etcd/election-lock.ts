/**
 * A lock in etcd, laid out as its own election library does (client/v3/concurrency, `etcdctl elect`): each candidate has a key below the election's
 * name, bound to a lease; the key with the smallest create revision leads, and that revision is the fencing token. etcd itself ends the lease of a
 * holder that is gone, and a watch tells the others.
 */
import type { LockAnswer, Sighting } from '../../core/elect/lock.ts';
import { grantLease, type KeyValue, keepLease, put, type RangeReply, range, revokeLease } from '../grpc/protos/etcd.ts';
import { isRemoteError } from '../grpc/remote.ts';
import type { Lock, LockKind, LockParts, Question } from '../locks/lock.ts';
import { type Access, troubleOf } from './access.ts';
import { createKeysWatch, endOf, type KeysWatch } from './keys-watch.ts';
import { createEtcdSession, type EtcdSession } from './session.ts';

/** Candidates beyond these are not looked at; those who lead are at the front. */
const mostKeys = 1_000;

/** The key of our place in the queue. */
interface Place {
  /** In decimal: it takes all 64 bits. */
  readonly lease: string;
  readonly key: Buffer;
}

const notFound = 5;

const reasons = {
  'etcd.unreachable': 'election.unreachable',
  'etcd.denied': 'election.denied',
  'etcd.tls': 'election.denied',
} as const;

function failed(error: unknown, timeoutMs: number): LockAnswer {
  const { reason, detail } = troubleOf(error, timeoutMs);
  return { said: 'failed', reason: reasons[reason], detail };
}

export function openEtcdLock({ policy, sighted }: LockParts, session: EtcdSession, watch: KeysWatch): Lock {
  if (policy.lock.kind !== 'etcd') throw new Error('this is no lock in etcd');
  const { identity, name, leaseDurationMs, campaign } = policy;
  const prefix = Buffer.from(`${policy.lock.prefix}${name}/`);
  const rangeEnd = endOf(prefix);
  let place: Place | null = null;
  /** Leases of ours that could not be revoked: their keys go with them. */
  const left = new Set<string>();
  /** Ends the looks that a watch has led to. */
  let watching: AbortController | null = null;

  const keysNow = (signal: AbortSignal): Promise<RangeReply> =>
    session.call(range, { key: prefix, rangeEnd, limit: mostKeys, sortOrder: 'ASCEND', sortTarget: 'CREATE' }, signal);

  const isPlace = ({ key }: KeyValue): boolean => place?.key.equals(key) === true;

  function sightingOf({ kvs }: RangeReply): Sighting | null {
    const [first] = kvs;
    if (first === undefined) return null;
    const { key, value } = first;
    const token = Number(first.createRevision);
    const holder = value.toString('utf8').slice(0, 253);
    return { holder, version: key.toString('hex'), ours: isPlace(first), durationMs: null, token, sinceWallMs: null };
  }

  /** Whether the lease lives, and then for the whole duration again. */
  async function keepAlive(signal: AbortSignal): Promise<boolean> {
    if (place === null) return false;
    const { ttl } = await session.exchange(keepLease, { id: place.lease }, signal);
    const alive = Number(ttl) > 0;
    if (!alive) place = null;
    return alive;
  }

  async function takePlace(signal: AbortSignal): Promise<void> {
    const { id: lease } = await session.call(grantLease, { ttl: Math.ceil(leaseDurationMs / 1_000) }, signal);
    const key = Buffer.concat([prefix, Buffer.from(BigInt(lease).toString(16))]);
    // Before the answer: should it be lost, the next look shows whether the key is there.
    place = { lease, key };
    await session.call(put, { key, value: Buffer.from(identity), lease }, signal);
  }

  /** Takes part and looks. A key that was lost or removed is made anew, at the end of the queue. */
  async function look(signal: AbortSignal): Promise<LockAnswer> {
    const alive = await keepAlive(signal);
    let keys = await keysNow(signal);
    if (campaign && !(alive && keys.kvs.some(isPlace))) {
      const double = keys.kvs.some(
        ({ key, value }) => value.toString('utf8') === identity && !left.has(key.toString('hex')),
      );
      if (double && place === null)
        return { said: 'barred', reason: 'election.identity-in-use', detail: `another live process is ${identity}` };
      await leave(signal);
      await takePlace(signal);
      keys = await keysNow(signal);
    }
    watchFrom(BigInt(keys.header.revision) + 1n);
    return { said: 'sighted', sighting: sightingOf(keys) };
  }

  /** Claims and renewals are alike: the lease lives, and the first key is ours. */
  async function hold(signal: AbortSignal): Promise<LockAnswer> {
    const alive = await keepAlive(signal);
    const keys = await keysNow(signal);
    const sighting = sightingOf(keys);
    if (!alive || sighting?.ours !== true || sighting.token === null) return { said: 'refused', sighting };
    return { said: 'held', token: sighting.token, version: sighting.version };
  }

  async function leave(signal: AbortSignal): Promise<void> {
    if (place === null) return;
    const { lease, key } = place;
    place = null;
    left.add(key.toString('hex'));
    await session.call(revokeLease, { id: lease }, signal).catch((error: unknown) => {
      if (!(isRemoteError(error) && error.status === notFound)) throw error;
    });
    left.delete(key.toString('hex'));
  }

  function unwatch(): void {
    watch.leave(prefix, told);
    watching?.abort();
    watching = null;
  }

  /** Whatever has happened to the keys, the first of them is looked for. */
  async function lookAgain(): Promise<void> {
    const mine = watching;
    if (mine === null) return;
    const keys = await keysNow(AbortSignal.any([mine.signal, AbortSignal.timeout(leaseDurationMs)]));
    if (!mine.signal.aborted) sighted(sightingOf(keys));
  }

  // What goes wrong here the next look meets too, and tells.
  const told = (): void => void lookAgain().catch(() => undefined);

  function watchFrom(startRevision: bigint): void {
    watching ??= new AbortController();
    watch.join(prefix, startRevision, told);
  }

  return {
    ask: async ({ want, timeoutMs }: Question) => {
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        if (want === 'look') return await look(signal);
        if (want !== 'release') return await hold(signal);
        unwatch();
        await leave(signal);
        return { said: 'released' };
      } catch (error) {
        return failed(error, timeoutMs);
      }
    },
    close: unwatch,
  };
}

interface Shared {
  readonly session: EtcdSession;
  /** By prefix of the keys. */
  readonly watches: Map<string, KeysWatch>;
  users: number;
}

/** Those of the same access share a connection, and a watch: each of a thousand elections with its own would cost more than its lock. */
export function createEtcdLocks(): LockKind {
  const all = new Map<string, Shared>();

  function share(access: Access): Shared {
    const key = JSON.stringify(access);
    const shared = all.get(key) ?? { session: createEtcdSession(access), watches: new Map(), users: 0 };
    all.set(key, shared);
    shared.users += 1;
    return shared;
  }

  function leave(access: Access): void {
    const key = JSON.stringify(access);
    const shared = all.get(key);
    if (shared === undefined) return;
    shared.users -= 1;
    if (shared.users > 0) return;
    all.delete(key);
    shared.session.close();
  }

  return {
    open: (parts) => {
      const { lock } = parts.policy;
      if (lock.kind !== 'etcd') throw new Error('this is no lock in etcd');
      const { endpoints, ca, cert, key, prefix } = lock;
      const access = { endpoints, ca, cert, key };
      const { session, watches } = share(access);
      const watch = watches.get(prefix) ?? createKeysWatch(session, Buffer.from(prefix));
      watches.set(prefix, watch);
      const opened = openEtcdLock(parts, session, watch);
      return {
        ask: opened.ask,
        close: () => {
          opened.close();
          leave(access);
        },
      };
    },
    close: () => undefined,
  };
}
