/**
 * Opens the database, or finds out why not. A damaged one is moved aside, never overwritten; one of a newer version is left as it is; from one on a
 * disk that cannot be written the state is read all the same.
 * WAL with synchronous=NORMAL: commits reach the disk by our own fsync of the -wal file (see durable.ts), so that a slow disk never
 * blocks the loop.
 */
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StoreHealth } from '../core/event.ts';
import { readCopy } from './copy.ts';
import type { StoredRow } from './rows.ts';

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

const tables = {
  state: 'name, json',
  transition: 'seq, wallMs, incident, json',
  incident: 'id, component, openedWallMs, closedWallMs, cause, recovered, durationMs',
  evidence: 'incident, file',
} as const;

export interface OpenedDatabase {
  readonly database: DatabaseSync | null;
  /** What was read where nothing can be written. */
  readonly rows?: readonly StoredRow[];
  readonly health: StoreHealth;
  readonly detail: string;
}

/** Made once a state was saved (see `markUsed`): a database that is missing, or holds no state, beside it was lost. */
export const evidenceFolder = 'evidence';

export const databaseIn = (directory: string): string => join(directory, 'nodemend.db');

const codeOf = (error: unknown): number => Number((error as { errcode?: number }).errcode) & 0xff;
const damage = (what: string): Error => Object.assign(new Error(what), { errcode: 11 });

/** The names in a schema are text like any other: a flipped bit in one leaves a whole database without that table. Throws when one is missing. */
function checkTables(database: DatabaseSync): void {
  for (const [table, columns] of Object.entries(tables))
    database.prepare(`SELECT ${columns} FROM ${table} LIMIT 1`).all();
}

/** A name that is no UTF-8 any more comes with U+FFFD in it, and no statement with that name would ever meet the row again. */
function checkNames(database: DatabaseSync): void {
  const rows = database.prepare('SELECT name FROM state').all();
  if (rows.some(({ name }) => String(name).includes('\uFFFD'))) throw damage('the name of a row is no text');
}

const hasTables = (database: DatabaseSync): boolean =>
  database.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get() !== undefined;

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    if (version > schemaVersion)
      throw new Error(`it has version ${version}, newer than ${schemaVersion}; install the newer nodemend again`);
    if (version < 0 || (version === 0 && hasTables(database))) throw damage(`it has version ${version} and tables`);
    if (version === 0) database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
    // The quick check looks over keys that are out of their order: a row would be looked for where it is not, and then be there twice.
    for (const check of ['quick_check', 'integrity_check(state)']) {
      const [found] = Object.values(database.prepare(`PRAGMA ${check}`).get() ?? {});
      if (found !== 'ok') throw damage(String(found));
    }
    checkTables(database);
    checkNames(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, also in their extended forms. */
export const isDamaged = (error: unknown): boolean => [11, 26].includes(codeOf(error));
/** SQLITE_ERROR while it is opened: a table that is not there, a file format that nobody wrote. */
const isUnreadable = (error: unknown): boolean => codeOf(error) === 1;
const isBusy = (error: unknown): boolean => codeOf(error) === 5;

/** SQLite calls a file that it may not write busy, because it cannot lock it. */
function whyNotWritable(paths: readonly string[]): string | null {
  try {
    for (const path of paths) if (existsSync(path)) accessSync(path, constants.W_OK);
    return null;
  } catch (error) {
    return String((error as Error).message);
  }
}

function moveAside(file: string): void {
  rmSync(`${file}.damaged-${keptDamaged}`, { force: true });
  for (let n = keptDamaged - 1; n >= 1; n -= 1) {
    if (existsSync(`${file}.damaged-${n}`)) renameSync(`${file}.damaged-${n}`, `${file}.damaged-${n + 1}`);
  }
  renameSync(file, `${file}.damaged-1`);
  for (const side of ['-wal', '-shm']) rmSync(file + side, { force: true });
}

/**
 * From now on a start that finds no state knows that there was one, and so does the start after it: an agent that dies before its first save leaves
 * an empty database behind.
 */
export function markUsed(directory: string): void {
  mkdirSync(join(directory, evidenceFolder), { recursive: true, mode: 0o700 });
}

const wasUsed = (directory: string): boolean =>
  existsSync(join(directory, evidenceFolder)) || existsSync(`${databaseIn(directory)}.damaged-1`);

const holdsState = (database: DatabaseSync): boolean =>
  database.prepare('SELECT 1 FROM state LIMIT 1').get() !== undefined;

/** Another agent holds the database: the one case in which this one must not go on. */
export class StoreInUse extends Error {}

function unwritable(detail: string, rows: readonly StoredRow[] = []): OpenedDatabase {
  return { database: null, rows, health: 'unwritable', detail };
}

export function openDatabase(directory: string): OpenedDatabase {
  const file = databaseIn(directory);
  const readOnly = whyNotWritable([directory, file]);
  if (readOnly !== null) return unwritable(`cannot write to ${directory}: ${readOnly}`, readCopy(file));
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const missing = !existsSync(file);
    const database = open(file);
    if (holdsState(database)) return { database, health: 'ok', detail: '' };
    if (!wasUsed(directory)) return { database, health: 'fresh', detail: '' };
    return { database, health: 'lost', detail: missing ? `${file} was missing` : `${file} held no state` };
  } catch (error) {
    if (isBusy(error))
      throw new StoreInUse(`cannot open ${file}: another nodemend uses it; stop that one first`, { cause: error });
    if (!isDamaged(error) && !isUnreadable(error)) return unwritable(`cannot open ${file}: ${String(error)}`);
  }
  return startAnew(file);
}

function startAnew(file: string): OpenedDatabase {
  try {
    moveAside(file);
    return { database: open(file), health: 'lost', detail: `${file} was damaged and moved to ${file}.damaged-1` };
  } catch (error) {
    return unwritable(`cannot replace the damaged ${file}: ${String(error)}`);
  }
}
