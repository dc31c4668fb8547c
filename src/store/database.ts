/**
 * Opens the database, or finds out why not. A damaged one is moved aside, never overwritten; one of a newer version is left as it is.
 * WAL with synchronous=NORMAL: commits reach the disk by our own fsync of the -wal file (see durable.ts), so that a slow disk never
 * blocks the loop.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StoreHealth } from '../core/event.ts';

const schemaVersion = 1;
const keptDamaged = 3;

const schema = `
  CREATE TABLE state (name TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE transition (seq INTEGER PRIMARY KEY, wallMs REAL NOT NULL, incident TEXT, json TEXT NOT NULL);
  CREATE INDEX transition_incident ON transition (incident);
  CREATE TABLE incident (id TEXT PRIMARY KEY, component TEXT NOT NULL, openedWallMs REAL NOT NULL, closedWallMs REAL,
    cause TEXT NOT NULL, recovered INTEGER, durationMs REAL) WITHOUT ROWID;
  CREATE INDEX incident_opened ON incident (openedWallMs);
  CREATE TABLE evidence (incident TEXT NOT NULL, file TEXT NOT NULL);
  CREATE INDEX evidence_incident ON evidence (incident);
  PRAGMA user_version = ${schemaVersion};
`;

export interface Opened {
  readonly database: DatabaseSync | null;
  readonly health: StoreHealth;
  readonly detail: string;
}

/** Made at the first start: a database that is missing beside it was lost. */
export const evidenceFolder = 'evidence';

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    if (version > schemaVersion) throw new Error(`version ${version} is newer than ${schemaVersion}`);
    if (version === 0) database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
    const checked = database.prepare('PRAGMA quick_check').get()?.['quick_check'];
    if (checked !== 'ok') throw Object.assign(new Error(String(checked)), { errcode: 11 });
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, also in their extended forms. */
const isDamaged = (error: unknown): boolean =>
  [11, 26].includes(Number((error as { errcode?: number }).errcode) & 0xff);
const isBusy = (error: unknown): boolean => (Number((error as { errcode?: number }).errcode) & 0xff) === 5;

function moveAside(file: string): void {
  rmSync(`${file}.damaged-${keptDamaged}`, { force: true });
  for (let n = keptDamaged - 1; n >= 1; n -= 1) {
    if (existsSync(`${file}.damaged-${n}`)) renameSync(`${file}.damaged-${n}`, `${file}.damaged-${n + 1}`);
  }
  renameSync(file, `${file}.damaged-1`);
  for (const side of ['-wal', '-shm']) rmSync(file + side, { force: true });
}

/** Another agent holds the database: the one case in which this one must not go on. */
export class StoreInUse extends Error {}

export function openDatabase(directory: string): Opened {
  const file = join(directory, 'nodemend.db');
  try {
    const known = existsSync(join(directory, evidenceFolder));
    mkdirSync(join(directory, evidenceFolder), { recursive: true, mode: 0o700 });
    const missing = !existsSync(file);
    const database = open(file);
    if (!missing) return { database, health: 'ok', detail: '' };
    return known
      ? { database, health: 'lost', detail: `${file} was missing` }
      : { database, health: 'fresh', detail: '' };
  } catch (error) {
    if (isBusy(error))
      throw new StoreInUse(`cannot open ${file}: another nodemend uses it; stop that one first`, { cause: error });
    if (!isDamaged(error))
      return { database: null, health: 'unwritable', detail: `cannot open ${file}: ${String(error)}` };
  }
  return startAnew(file);
}

function startAnew(file: string): Opened {
  try {
    moveAside(file);
    return { database: open(file), health: 'lost', detail: `${file} was damaged and moved to ${file}.damaged-1` };
  } catch (error) {
    return { database: null, health: 'unwritable', detail: `cannot replace the damaged ${file}: ${String(error)}` };
  }
}
