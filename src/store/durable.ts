/**
 * Makes commits durable without blocking the loop: fdatasync of the -wal file on Node's thread pool. A commit in WAL mode is complete once its frames
 * are in the -wal file; what is missing under synchronous=NORMAL is only the sync.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';

const timeoutMs = 2_000;

export interface Durable {
  /** true once everything committed before the call is on the disk; false when that failed or took longer than 2 s. */
  sync(): Promise<boolean>;
}

async function syncOnce(path: string): Promise<boolean> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(path, 'r');
    await handle.datasync();
    return true;
  } catch {
    // The caller is told by the answer; why is told by the next commit, which meets the same disk.
    return false;
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

export function createDurable(wal: string): Durable {
  let directorySynced = false;
  let running: Promise<boolean> | null = null;
  let next: Promise<boolean> | null = null;

  async function sync(): Promise<boolean> {
    if (!directorySynced) directorySynced = await syncOnce(dirname(wal));
    return syncOnce(wal);
  }

  /** A sync that runs already may have begun before the caller's commit, so the caller waits for the one after it. */
  function join(): Promise<boolean> {
    if (running === null) {
      running = sync().finally(() => {
        running = null;
      });
      return running;
    }
    next ??= running.then(() => {
      next = null;
      return join();
    });
    return next;
  }

  return {
    sync: () => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const timer = setTimeout(resolve, timeoutMs, false);
      void join()
        .then(resolve)
        .finally(() => clearTimeout(timer));
      return promise;
    },
  };
}
