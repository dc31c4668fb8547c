/**
 * Keeps the state and the history on a shelf. Nothing here throws: when the shelf does not take what it is given, the agent goes on in memory, says
 * so, and everything is written as soon as it is taken again. The one exception is a second agent on the same directory.
 */
import type { StoreHealth } from '../core/event.ts';
import type { State } from '../core/mend/state.ts';
import type { Transition } from '../core/transition.ts';
import type { Emit, IncidentRecord, Store, StoredState } from '../ports.ts';
import { assemble, changedRows } from './rows.ts';
import type { Opened, Shelf, Unsaved } from './shelf.ts';

/** Transitions kept in memory while the disk does not take them; older ones are lost to history, not to the state. */
const mostUnsaved = 1_000;

export interface ClosableStore extends Store {
  /** Forgets history beyond 30 days and 10,000 transitions. */
  prune(wallMs: number): void;
  detail(): string;
}

/** `place` is for telling a person. `open` is called again for as long as it gives no shelf; what it throws is passed on. */
export function createKeeper(place: string, open: () => Opened, emit: Emit): ClosableStore {
  let opened = open();
  let { health, detail } = opened;
  let saved: State | null = null;
  let unsaved: Unsaved[] = [];

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

  function load(): StoredState {
    const state = reading((shelf) => assemble(shelf.rows()), null);
    return { state, bootId: state?.node.bootId ?? null, savedAtMs: state?.node.lastStepAtMs ?? 0, health, detail };
  }

  function save(given: unknown, _savedAtMs: number, wallMs: number, transitions: readonly Transition[]): void {
    const state = given as State;
    unsaved = [...unsaved, ...transitions.map((transition) => ({ wallMs, transition }))].slice(-mostUnsaved);
    try {
      if (opened.shelf === null) opened = open();
      if (opened.shelf === null) throw new Error(opened.detail);
      opened.shelf.write(changedRows(saved, state), unsaved);
      saved = state;
      unsaved = [];
      if (health === 'unwritable') turn('ok', '');
    } catch (error) {
      turn('unwritable', `cannot write the state to ${place}: ${String(error)}; make room or make it writable`);
    }
  }

  return {
    load,
    save,
    isBehind: () => health === 'unwritable',
    durable: async () => (opened.shelf === null || health === 'unwritable' ? false : opened.shelf.sync()),
    noteEvidence: (incident, file) => reading((shelf) => shelf.noteEvidence(incident, file), undefined),
    incidents: (query) => reading((shelf) => shelf.incidents(query), [] as IncidentRecord[]),
    prune: (wallMs) => reading((shelf) => shelf.prune(wallMs), undefined),
    detail: () => detail,
    close: () => reading((shelf) => shelf.close(), undefined),
  };
}
