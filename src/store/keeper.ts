/**
 * Keeps the state and the history on a shelf. Nothing here throws: when the shelf does not take what it is given, the agent goes on in memory, says
 * so, and everything is written as soon as it is taken again. The one exception is a second agent on the same directory.
 */
import type { StoreHealth } from '../core/event.ts';
import type { State } from '../core/state.ts';
import type { Transition } from '../core/transition.ts';
import type { Emit, IncidentRecord, Store, StoredState } from '../ports.ts';
import { assemble, besideIn, besidePrefix, changedRows, type StoredRow } from './rows.ts';
import { type Opened, type Shelf, ShelfLost, type Unsaved } from './shelf.ts';

/** Transitions kept in memory while the disk does not take them; older ones are lost to history, not to the state. */
const mostUnsaved = 1_000;
/** After so many transitions the history is cut to its bounds, without waiting for the day to pass. */
const pruneEvery = 1_000;

export interface ClosableStore extends Store {
  /** Forgets history beyond its bounds. */
  prune(wallMs: number): void;
  detail(): string;
  /** Keeps a value beside the state, in the place of the one before; what the shelf does not take goes with the next save. */
  keep(name: string, value: unknown): void;
  /** What was kept under a name when the store was opened; null when nothing was, or nothing that can be read. */
  kept(name: string): unknown;
}

/** The state on a shelf that was just opened, and how it stands with the store then. */
function readStored({ shelf, rows, health, detail }: Opened): StoredState & { readonly rows: readonly StoredRow[] } {
  let found: readonly StoredRow[] = [];
  try {
    found = shelf?.rows() ?? rows ?? [];
    return { state: assemble(found), rows: found, health, detail };
  } catch (error) {
    return { state: null, rows: found, health: 'lost', detail: `the stored state cannot be used: ${String(error)}` };
  }
}

/** `place` is for telling a person. `open` is called again for as long as it gives no shelf; what it throws is passed on. */
export function createKeeper(place: string, open: () => Opened, emit: Emit): ClosableStore {
  let opened = open();
  const stored = readStored(opened);
  let { health, detail } = stored;
  /** What lies on the shelf; null before the first save to it, when `stale` are the names of the rows there. */
  let saved: State | null = null;
  let stale = stored.rows.map(({ name }) => name);
  let unsaved: Unsaved[] = [];
  let unpruned = 0;
  /** What is kept beside the state, by row, and the rows of it that lie on no shelf yet. */
  const beside = new Map<string, unknown>();
  const unkept = new Set<string>();

  function turn(now: StoreHealth, why: string): void {
    detail = why;
    if (now === health) return;
    health = now;
    emit({ type: 'store.changed', health, detail });
  }

  function reading<T>(read: (shelf: Shelf) => T, otherwise: T): T {
    try {
      return opened.shelf === null ? otherwise : read(opened.shelf);
    } catch (error) {
      turn('unwritable', `cannot read the state in ${place}: ${String(error)}`);
      return otherwise;
    }
  }

  /** The shelf, opened anew where there is none; a new one gets everything. */
  function shelfNow(): Shelf {
    if (opened.shelf !== null) return opened.shelf;
    opened = open();
    if (opened.shelf === null) throw new Error(opened.detail);
    saved = null;
    for (const name of beside.keys()) unkept.add(name);
    stale = opened.shelf.rows().map(({ name }) => name);
    return opened.shelf;
  }

  function write(state: State, wallMs: number): void {
    const shelf = shelfNow();
    const kept = [...unkept].map((name) => ({ name, value: beside.get(name) }));
    shelf.write([...changedRows(saved, state, stale), ...kept], unsaved);
    unkept.clear();
    saved = state;
    unpruned += unsaved.length;
    unsaved = [];
    if (unpruned < pruneEvery) return;
    unpruned = 0;
    shelf.prune(wallMs);
  }

  /** What this agent knows is whole in its memory, so a shelf that is of no use any more is replaced and nothing but history is lost. */
  function replaceShelf(lost: ShelfLost): void {
    turn('unwritable', lost.message);
    const { shelf } = opened;
    opened = { shelf: null, health: 'unwritable', detail: lost.message };
    shelf?.close();
  }

  function save(given: unknown, wallMs: number, transitions: readonly Transition[]): void {
    const state = given as State;
    unsaved = [...unsaved, ...transitions.map((transition) => ({ wallMs, transition }))].slice(-mostUnsaved);
    try {
      try {
        write(state, wallMs);
      } catch (error) {
        if (!(error instanceof ShelfLost)) throw error;
        replaceShelf(error);
        write(state, wallMs);
      }
      if (health === 'unwritable') turn('ok', opened.detail);
    } catch (error) {
      turn('unwritable', `cannot write the state to ${place}: ${String(error)}; make room or make it writable`);
    }
  }

  return {
    load: () => ({ state: stored.state, health: stored.health, detail: stored.detail }),
    save,
    isBehind: () => health === 'unwritable',
    durable: async () => (opened.shelf === null || health === 'unwritable' ? false : opened.shelf.sync()),
    noteEvidence: (incident, file) => reading((shelf) => shelf.noteEvidence(incident, file), undefined),
    incidents: (query) => reading((shelf) => shelf.incidents(query), [] as IncidentRecord[]),
    period: (sinceWallMs, nowWallMs) =>
      reading((shelf) => shelf.period(sinceWallMs, nowWallMs), {
        knownSinceWallMs: nowWallMs,
        incidents: [],
        restarts: [],
      }),
    prune: (wallMs) => reading((shelf) => shelf.prune(wallMs), undefined),
    detail: () => detail,
    keep: (name, value) => {
      beside.set(besidePrefix + name, value);
      unkept.add(besidePrefix + name);
      if (opened.shelf === null || saved === null) return;
      const rows = [...unkept].map((row) => ({ name: row, value: beside.get(row) }));
      try {
        opened.shelf.write(rows, []);
        unkept.clear();
      } catch (error) {
        turn('unwritable', `cannot write the state to ${place}: ${String(error)}; make room or make it writable`);
      }
    },
    kept: (name) => besideIn(stored.rows, name),
    close: () => reading((shelf) => shelf.close(), undefined),
  };
}
