/**
 * A lock for one host: a row in a small SQLite file, so that every change is one transaction among all processes, and none is half done after kill -9.
 * Nobody is judged by it: a holder lives as long as its row changes, as with a Lease. A claim is on the disk before it is told of, so a fencing token
 * is not given twice; a renewal is not, for after a loss of power there is nobody left to renew for.
 */
import { type FSWatcher, watch } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { LockAnswer, Sighting } from '../../core/elect/lock.ts';
import { type Lock, type LockKind, type LockParts, makeNonce, type Question } from '../locks/lock.ts';

/** Another process is in the middle of a transaction of its own: they last less than a millisecond. */
const busyMs = 20;

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS election (name TEXT PRIMARY KEY, holder TEXT NOT NULL, nonce TEXT NOT NULL, token INTEGER NOT NULL,
    beat INTEGER NOT NULL, durationMs INTEGER NOT NULL, sinceWallMs REAL NOT NULL) WITHOUT ROWID;
`;

interface Row {
  readonly holder: string;
  readonly nonce: string;
  readonly token: number;
  readonly beat: number;
  readonly durationMs: number;
  readonly sinceWallMs: number;
}

const versionOf = (row: Row | undefined): string | null => (row === undefined ? null : `${row.token}.${row.beat}`);

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

function failed(error: unknown, path: string): LockAnswer {
  const { errcode, message } = error as { readonly errcode?: number; readonly message: string };
  const detail = `${path}: ${message}`;
  // 5: busy, 6: locked
  const busy = errcode === 5 || errcode === 6;
  return { said: 'failed', reason: busy ? 'election.timeout' : 'election.misconfigured', detail };
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: busyMs });
  try {
    database.exec(schema);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function openFileLock({ policy, wallMs, sighted }: LockParts): Lock {
  if (policy.lock.kind !== 'file') throw new Error('this is no lock in a file');
  const { path } = policy.lock;
  const { name, identity, leaseDurationMs } = policy;
  let database: DatabaseSync | null = null;
  let watcher: FSWatcher | null = null;
  let nonce = '';
  let told: string | null | undefined;

  const read = (): Row | undefined =>
    database?.prepare('SELECT * FROM election WHERE name = ?').get(name) as unknown as Row | undefined;

  function sightingOf(row: Row | undefined): Sighting | null {
    told = versionOf(row);
    if (row === undefined) return null;
    const { holder, token, durationMs, sinceWallMs } = row;
    const ours = holder !== '' && row.nonce === nonce;
    return { holder, version: versionOf(row) ?? '', ours, durationMs, token, sinceWallMs };
  }

  function write(row: Row): Row {
    database
      ?.prepare('INSERT OR REPLACE INTO election VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(name, row.holder, row.nonce, row.token, row.beat, row.durationMs, row.sinceWallMs);
    told = versionOf(row);
    return row;
  }

  const heldBy = (row: Row): LockAnswer => ({ said: 'held', token: row.token, version: versionOf(row) ?? '' });

  function claim(row: Row | undefined, over: Sighting | null): LockAnswer {
    if (versionOf(row) !== (over?.version ?? null)) return { said: 'refused', sighting: sightingOf(row) };
    nonce = makeNonce();
    // A file that was removed and made anew must not begin at 1 again: tokens only grow.
    const token = row === undefined ? Math.floor(wallMs() / 1_000) : row.token + 1;
    const sinceWallMs = Math.round(wallMs());
    return heldBy(write({ holder: identity, nonce, token, beat: 0, durationMs: leaseDurationMs, sinceWallMs }));
  }

  function change({ want, over }: Question, row: Row | undefined): LockAnswer {
    if (want === 'claim') return claim(row, over);
    const mine = row !== undefined && row.holder === identity && row.nonce === nonce;
    if (want === 'release') {
      if (mine) write({ ...row, holder: '', nonce: '', beat: row.beat + 1 });
      return { said: 'released' };
    }
    if (!mine) return { said: 'refused', sighting: sightingOf(row) };
    return heldBy(write({ ...row, beat: row.beat + 1, durationMs: leaseDurationMs }));
  }

  function transact(question: Question): LockAnswer {
    database?.exec('BEGIN IMMEDIATE');
    try {
      const answer = change(question, read());
      database?.exec('COMMIT');
      return answer;
    } catch (error) {
      if (database?.isTransaction === true) database.exec('ROLLBACK');
      throw error;
    }
  }

  function lookAgain(): void {
    try {
      const row = read();
      if (database !== null && versionOf(row) !== told) sighted(sightingOf(row));
    } catch {
      // The next look, which comes in its time, tells what is wrong.
    }
  }

  function begin(): void {
    database ??= openDatabase(path);
    if (watcher !== null) return;
    const file = basename(path);
    watcher = watch(dirname(path), { persistent: false }, (_event, changed) => {
      if (changed?.startsWith(file) === true) lookAgain();
    });
    // Without a watch it is seen by the looks.
    watcher.on('error', () => undefined);
  }

  function close(): void {
    watcher?.close();
    database?.close();
    watcher = null;
    database = null;
  }

  return {
    ask: async (question) => {
      try {
        begin();
        if (question.want === 'look') return { said: 'sighted', sighting: sightingOf(read()) };
        const answer = transact(question);
        if (question.want === 'claim' && answer.said === 'held') await syncFile(`${path}-wal`);
        if (question.want === 'release') close();
        return answer;
      } catch (error) {
        close();
        return failed(error, path);
      }
    },
    close,
  };
}

export const fileLocks: LockKind = { open: openFileLock, close: () => undefined };
