/**
 * The disk under the state directory: what was written is in the page cache, what was synced survives a power loss. It can fill up, be slow, lose what
 * was not synced, tear the last write and rot.
 */
import { seal } from '../store/seal.ts';
import type { Opened, Shelf } from '../store/shelf.ts';
import type { Random } from './random.ts';

export interface Disk {
  /** Full or read-only: writes and syncs fail. */
  full: boolean;
  /** How long a sync takes; one longer than 2 s is answered with false, as the store's own does. */
  syncMs: number;
  /** The file is damaged, or gone while its directory is still there; the next open finds that. */
  spoiled: 'damaged' | 'missing' | null;
  open(how: ShelfContext): Opened;
  /** Power loss: a beginning of what was not synced may have reached the platter all the same; the rest is torn off. */
  losePower(random: Random): void;
  /** The row as it is durable now; null when there is none. */
  durableRow(name: string): unknown;
  /** Whether a transition was ever written that says so of an action. */
  hasEnded(action: string): boolean;
}

export interface ShelfContext {
  /** Called at every write and sync; false when the agent died there. */
  readonly reach: (point: 'write' | 'written' | 'sync' | 'synced') => boolean;
  /** Resolves after so long, unless the agent is gone by then. */
  readonly later: <T>(ms: number, answer: () => T) => Promise<T>;
}

interface Transaction {
  readonly atMs: number;
  readonly rows: readonly { readonly name: string; readonly value: unknown }[];
}

const syncPatienceMs = 2_000;
/** The kernel writes back by itself what has waited for so long. */
const writeBackMs = 30_000;

function apply(rows: Map<string, unknown>, transaction: Transaction): void {
  for (const { name, value } of transaction.rows) value === null ? rows.delete(name) : rows.set(name, value);
}

export function createDisk(nowMs: () => number): Disk {
  const durable = new Map<string, unknown>();
  /** Written and not yet synced, oldest first. */
  let pending: Transaction[] = [];
  /** How many transactions have reached the platter. */
  let flushed = 0;
  const ended = new Set<string>();
  /** A state was saved once, which outlives the state. */
  let used = false;

  function rowsNow(): Map<string, unknown> {
    const rows = new Map(durable);
    for (const transaction of pending) apply(rows, transaction);
    return rows;
  }

  function flushTo(target: number): void {
    const count = Math.max(0, target - flushed);
    for (const transaction of pending.slice(0, count)) apply(durable, transaction);
    pending = pending.slice(count);
    flushed += count;
  }

  function writeBack(): void {
    const young = pending.findIndex(({ atMs }) => nowMs() - atMs < writeBackMs);
    flushTo(flushed + (young < 0 ? pending.length : young));
  }

  function createShelf({ reach, later }: ShelfContext): Shelf {
    return {
      rows: () => [...rowsNow()].map(([name, value]) => ({ name, sealed: seal(value) })),
      write: (changes, unsaved) => {
        if (!reach('write')) return;
        if (disk.full) throw new Error('database or disk is full');
        used = true;
        writeBack();
        pending.push({ atMs: nowMs(), rows: [...changes] });
        for (const { transition } of unsaved) if (transition.type === 'action.ended') ended.add(transition.action);
        reach('written');
      },
      sync: () => {
        reach('sync');
        const target = flushed + pending.length;
        return later(Math.min(disk.syncMs, syncPatienceMs), () => {
          const ok = !disk.full && disk.syncMs <= syncPatienceMs;
          if (ok) flushTo(target);
          reach('synced');
          return ok;
        });
      },
      noteEvidence: () => void (reach('write') && reach('written')),
      incidents: () => [],
      period: (_sinceWallMs, nowWallMs) => ({ knownSinceWallMs: nowWallMs, incidents: [], restarts: [] }),
      prune: () => undefined,
      close: () => undefined,
    };
  }

  const disk: Disk = {
    full: false,
    syncMs: 3,
    spoiled: null,
    open: (how) => {
      const { spoiled } = disk;
      if (disk.full && (spoiled !== null || !used))
        return { shelf: null, health: 'unwritable', detail: 'cannot open it' };
      disk.spoiled = null;
      if (spoiled !== null) {
        durable.clear();
        pending = [];
      }
      const detail = spoiled === null ? '' : `the file was ${spoiled}`;
      if (rowsNow().size > 0) return { shelf: createShelf(how), health: 'ok', detail };
      return { shelf: createShelf(how), health: used ? 'lost' : 'fresh', detail };
    },
    losePower: (random) => {
      writeBack();
      flushTo(flushed + random.whole(0, pending.length));
      pending = [];
    },
    hasEnded: (action) => ended.has(action),
    durableRow: (name) => {
      writeBack();
      return durable.get(name) ?? null;
    },
  };
  return disk;
}
