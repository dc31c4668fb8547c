/**
 * Durable state and history in SQLite. Nothing here throws: when the disk does not take what it is given, the agent goes on in memory, says so, and
 * everything is written as soon as the disk takes it again. The one exception is a second agent on the same directory.
 */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { StoreHealth } from '../core/event.ts';
import type { State } from '../core/mend/state.ts';
import type { Transition } from '../core/transition.ts';
import type { Emit, IncidentRecord, Store, StoredState } from '../ports.ts';
import { openDatabase } from './database.ts';
import { createDurable } from './durable.ts';
import { readIncidents, recordTransition } from './history.ts';
import { assemble, changedRows } from './rows.ts';

/** Transitions kept in memory while the disk does not take them; older ones are lost to history, not to the state. */
const mostUnsaved = 1_000;
const keptMs = 30 * 86_400_000;
const keptTransitions = 10_000;

interface Unsaved {
  readonly wallMs: number;
  readonly transition: Transition;
}

export interface ClosableStore extends Store {
  /** Forgets history beyond 30 days and 10,000 transitions. */
  prune(wallMs: number): void;
  detail(): string;
}

function write(database: DatabaseSync, before: State | null, state: State, unsaved: readonly Unsaved[]): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const put = database.prepare(
      'INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET json = excluded.json',
    );
    const drop = database.prepare('DELETE FROM state WHERE name = ?');
    for (const { name, json } of changedRows(before, state)) json === null ? drop.run(name) : put.run(name, json);
    for (const { wallMs, transition } of unsaved) recordTransition(database, wallMs, transition);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Throws StoreInUse, and nothing else. */
export function openStore(directory: string, emit: Emit): ClosableStore {
  let opened = openDatabase(directory);
  let { health, detail } = opened;
  let saved: State | null = null;
  let unsaved: Unsaved[] = [];
  const durable = createDurable(join(directory, 'nodemend.db-wal'));

  function turn(now: StoreHealth, why: string): void {
    detail = why;
    if (now === health) return;
    health = now;
    emit({ type: 'store.changed', health, detail });
  }

  function reading<T>(read: (database: DatabaseSync) => T, otherwise: T): T {
    try {
      return opened.database === null ? otherwise : read(opened.database);
    } catch (error) {
      turn('unwritable', `cannot read the state in ${directory}: ${String(error)}`);
      return otherwise;
    }
  }

  function load(): StoredState {
    const rows = reading((database) => database.prepare('SELECT name, json FROM state').all(), []) as {
      name: string;
      json: string;
    }[];
    const state = reading(() => assemble(rows), null);
    return { state, bootId: state?.node.bootId ?? null, savedAtMs: state?.node.lastStepAtMs ?? 0, health, detail };
  }

  function save(state: unknown, _savedAtMs: number, wallMs: number, transitions: readonly Transition[]): void {
    unsaved = [...unsaved, ...transitions.map((transition) => ({ wallMs, transition }))].slice(-mostUnsaved);
    try {
      if (opened.database === null) opened = openDatabase(directory);
      if (opened.database === null) throw new Error(opened.detail);
      write(opened.database, saved, state as State, unsaved);
      saved = state as State;
      unsaved = [];
      if (health === 'unwritable') turn('ok', '');
    } catch (error) {
      turn('unwritable', `cannot write the state to ${directory}: ${String(error)}; make room or make it writable`);
    }
  }

  return {
    load,
    save,
    durable: async () => (opened.database === null || health === 'unwritable' ? false : durable.sync()),
    noteEvidence: (incident, file) =>
      reading((database) => void database.prepare('INSERT INTO evidence VALUES (?, ?)').run(incident, file), undefined),
    incidents: (query) => reading((database) => readIncidents(database, query), [] as IncidentRecord[]),
    prune: (wallMs) =>
      reading((database) => {
        database.prepare('DELETE FROM incident WHERE openedWallMs < ?').run(wallMs - keptMs);
        database
          .prepare('DELETE FROM transition WHERE wallMs < ? OR seq <= (SELECT max(seq) FROM transition) - ?')
          .run(wallMs - keptMs, keptTransitions);
        database.exec('DELETE FROM evidence WHERE incident NOT IN (SELECT id FROM incident)');
      }, undefined),
    detail: () => detail,
    close: () => reading((database) => database.close(), undefined),
  };
}
