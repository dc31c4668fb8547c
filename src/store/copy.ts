/** Reads the state of a database that lies where nothing can be written: SQLite needs to write even to read it, so a copy is read. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StoredRow } from './rows.ts';

/** Empty when there is nothing that can be read. */
export function readCopy(file: string): StoredRow[] {
  let folder: string | null = null;
  try {
    folder = mkdtempSync(join(tmpdir(), 'nodemend-'));
    const copy = join(folder, 'copy.db');
    for (const side of ['', '-wal']) if (existsSync(file + side)) copyFileSync(file + side, copy + side);
    const database = new DatabaseSync(copy);
    const rows = database.prepare('SELECT name, json AS sealed FROM state').all() as unknown as StoredRow[];
    database.close();
    return rows;
  } catch {
    // No database, a damaged one, or no room for a copy: then nothing is known, and the caller says that nothing can be written.
    return [];
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}
