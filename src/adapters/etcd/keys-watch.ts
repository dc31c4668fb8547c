/**
 * One watch on all keys below a prefix for all who want to hear of some of them: a stream for each of a thousand elections would cost more than all the
 * rest. It ends with its connection, and begins again when somebody looks the next time.
 */
import { watchKeys } from '../grpc/protos/etcd.ts';
import type { EtcdSession } from './session.ts';

export interface KeysWatch {
  /** Calls `told` whenever something has happened to keys right below `folder`, which ends with a slash, from that revision on or a later one. */
  join(folder: Buffer, startRevision: bigint, told: () => void): void;
  leave(folder: Buffer, told: () => void): void;
}

const slash = 0x2f;

/** All keys that begin with this: the last byte, which is a slash, one up. */
export function endOf(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  return end;
}

const nameOf = (folder: Buffer): string => folder.toString('latin1');
const folderOf = (key: Buffer): string => nameOf(key.subarray(0, key.lastIndexOf(slash) + 1));

/** `prefix` ends with a slash. */
export function createKeysWatch(session: EtcdSession, prefix: Buffer): KeysWatch {
  const joined = new Map<string, Set<() => void>>();
  let following: AbortController | null = null;

  function follow(startRevision: bigint): void {
    const mine = new AbortController();
    following = mine;
    const request = { createRequest: { key: prefix, rangeEnd: endOf(prefix), startRevision: String(startRevision) } };
    void session
      .follow(
        watchKeys,
        request,
        ({ canceled, events }) => {
          for (const folder of new Set(events.map(({ kv }) => folderOf(kv.key))))
            for (const told of joined.get(folder) ?? []) told();
          return !canceled;
        },
        mine.signal,
      )
      .then(() => {
        if (following === mine) following = null;
      });
  }

  return {
    join: (folder, startRevision, told) => {
      joined.set(nameOf(folder), (joined.get(nameOf(folder)) ?? new Set()).add(told));
      if (following === null) follow(startRevision);
    },
    leave: (folder, told) => {
      const those = joined.get(nameOf(folder));
      those?.delete(told);
      if (those?.size === 0) joined.delete(nameOf(folder));
      if (joined.size > 0) return;
      following?.abort();
      following = null;
    },
  };
}
