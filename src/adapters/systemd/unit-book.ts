/** The snapshots of all watched units. Holds no connection and no timer. */
import type { Unit } from '../../core/mend/unit.ts';
import { rulesOf } from './match-rules.ts';
import { createSnapshot, type Snapshot, type SnapshotOptions } from './snapshot.ts';

export interface UnitBook {
  /** Replaces the set of watched units; what is known of those that stay is kept. Reads nothing. */
  watch(units: readonly string[]): void;
  /** The match rules for what is watched. */
  rules(): string[];
  get(unit: string): Unit | null;
  /** The watched names of the unit that systemd calls `id`. */
  namesOf(id: string): string[];
  merge(path: string, body: readonly unknown[]): void;
  /** Files of units changed. */
  outdate(): void;
  /** Reads all units. `always` passes them on even when nothing differs. Calls `done` with whether all could be read. */
  refresh(options: { readonly always?: boolean; readonly done?: (all: boolean) => void }): void;
  /** The number of the last read that was asked for. */
  lastRead(): number;
}

export const createUnitBook = (options: Omit<SnapshotOptions, 'nextRead'>): UnitBook => {
  const snapshots = new Map<string, Snapshot>();
  let reads = 0;
  const nextRead = (): number => {
    reads += 1;
    return reads;
  };
  return {
    watch(units) {
      for (const [name, snapshot] of snapshots) {
        if (units.includes(name)) continue;
        snapshot.drop();
        snapshots.delete(name);
      }
      for (const name of units) {
        if (!snapshots.has(name)) snapshots.set(name, createSnapshot(name, { ...options, nextRead }));
      }
    },
    rules: () => [...rulesOf([...new Set([...snapshots.values()].map((snapshot) => snapshot.id()))])],
    get: (unit) => snapshots.get(unit)?.unit() ?? null,
    namesOf: (id) => [...snapshots].filter(([, snapshot]) => snapshot.id() === id).map(([name]) => name),
    merge(path, body) {
      for (const snapshot of snapshots.values()) if (snapshot.path() === path) snapshot.merge(body);
    },
    outdate() {
      for (const snapshot of snapshots.values()) snapshot.outdate();
    },
    refresh({ always = false, done }) {
      let left = snapshots.size;
      let all = true;
      if (left === 0) done?.(true);
      for (const snapshot of snapshots.values()) {
        snapshot.refresh(always, (read) => {
          left -= 1;
          all &&= read;
          if (left === 0) done?.(all);
        });
      }
    },
    lastRead: () => reads,
  };
};
