/** Durable state and history in SQLite below one directory. */
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Emit } from '../ports.ts';
import { databaseIn, isDamaged, markUsed, openDatabase } from './database.ts';
import { createDurable, type Durable } from './durable.ts';
import { prune, readIncidents, readPeriod, recordTransition } from './history.ts';
import { type ClosableStore, createKeeper } from './keeper.ts';
import type { ChangedRow, StoredRow } from './rows.ts';
import { seal } from './seal.ts';
import { type Opened, type Shelf, ShelfLost, type Unsaved } from './shelf.ts';

function write(database: DatabaseSync, changes: Iterable<ChangedRow>, unsaved: readonly Unsaved[]): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const put = database.prepare(
      'INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET json = excluded.json',
    );
    const drop = database.prepare('DELETE FROM state WHERE name = ?');
    for (const { name, value } of changes) value === null ? drop.run(name) : put.run(name, seal(value));
    for (const { wallMs, transition } of unsaved) recordTransition(database, wallMs, transition);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

const inodeOf = (file: string): number | null => statSync(file, { throwIfNoEntry: false })?.ino ?? null;

function createShelf(database: DatabaseSync, directory: string, durable: Durable): Shelf {
  const file = databaseIn(directory);
  const inode = inodeOf(file);
  let marked = false;
  return {
    rows: () => database.prepare('SELECT name, json AS sealed FROM state').all() as unknown as StoredRow[],
    write: (changes, unsaved) => {
      // What is written to a file that was removed reaches nobody, and SQLite does not notice.
      if (inodeOf(file) !== inode) throw new ShelfLost(`${file} was removed or replaced while in use`);
      try {
        write(database, changes, unsaved);
      } catch (error) {
        throw isDamaged(error) ? new ShelfLost(`${file} is damaged`, { cause: error }) : error;
      }
      if (!marked) markUsed(directory);
      marked = true;
    },
    sync: () => durable.sync(),
    noteEvidence: (incident, name) => void database.prepare('INSERT INTO evidence VALUES (?, ?)').run(incident, name),
    incidents: (query) => readIncidents(database, query),
    period: (sinceWallMs, nowWallMs) => readPeriod(database, sinceWallMs, nowWallMs),
    prune: (wallMs) => prune(database, wallMs),
    close: () => database.close(),
  };
}

/** Throws StoreInUse, and nothing else. */
export function openStore(directory: string, emit: Emit): ClosableStore {
  const durable = createDurable(`${databaseIn(directory)}-wal`);
  const open = (): Opened => {
    const { database, ...rest } = openDatabase(directory);
    return { shelf: database === null ? null : createShelf(database, directory, durable), ...rest };
  };
  return createKeeper(directory, open, emit);
}
