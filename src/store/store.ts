/** Durable state and history in SQLite below one directory. */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Emit } from '../ports.ts';
import { openDatabase } from './database.ts';
import { createDurable, type Durable } from './durable.ts';
import { readIncidents, recordTransition } from './history.ts';
import { type ClosableStore, createKeeper } from './keeper.ts';
import type { ChangedRow, StoredRow } from './rows.ts';
import type { Opened, Shelf, Unsaved } from './shelf.ts';

const keptMs = 30 * 86_400_000;
const keptTransitions = 10_000;

function write(database: DatabaseSync, changes: Iterable<ChangedRow>, unsaved: readonly Unsaved[]): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const put = database.prepare(
      'INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET json = excluded.json',
    );
    const drop = database.prepare('DELETE FROM state WHERE name = ?');
    for (const { name, value } of changes) value === null ? drop.run(name) : put.run(name, JSON.stringify(value));
    for (const { wallMs, transition } of unsaved) recordTransition(database, wallMs, transition);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function createShelf(database: DatabaseSync, durable: Durable): Shelf {
  return {
    rows: () => database.prepare('SELECT name, json FROM state').all() as unknown as StoredRow[],
    write: (changes, unsaved) => write(database, changes, unsaved),
    sync: () => durable.sync(),
    noteEvidence: (incident, file) => void database.prepare('INSERT INTO evidence VALUES (?, ?)').run(incident, file),
    incidents: (query) => readIncidents(database, query),
    prune: (wallMs) => {
      database.prepare('DELETE FROM incident WHERE openedWallMs < ?').run(wallMs - keptMs);
      database
        .prepare('DELETE FROM transition WHERE wallMs < ? OR seq <= (SELECT max(seq) FROM transition) - ?')
        .run(wallMs - keptMs, keptTransitions);
      database.exec('DELETE FROM evidence WHERE incident NOT IN (SELECT id FROM incident)');
    },
    close: () => database.close(),
  };
}

/** Throws StoreInUse, and nothing else. */
export function openStore(directory: string, emit: Emit): ClosableStore {
  const durable = createDurable(join(directory, 'nodemend.db-wal'));
  const open = (): Opened => {
    const { database, health, detail } = openDatabase(directory);
    return { shelf: database === null ? null : createShelf(database, durable), health, detail };
  };
  return createKeeper(directory, open, emit);
}
