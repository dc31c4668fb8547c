/**
 * The last configuration that was in force, kept beside the state: with it a daemon that dies while the file is bad comes back and mends as before.
 * Written beside the old one, synced and then renamed, so that there is always a whole one.
 */
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseConfig } from './load.ts';
import type { Config } from './schema.ts';

const name = 'last-good.yaml';

async function writeDurably(file: string, text: string): Promise<void> {
  // The mode counts only for a file that is made: a leftover of a write that was cut off goes first.
  await rm(file, { force: true });
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

export async function keepLastGood(directory: string, text: string): Promise<void> {
  const file = join(directory, name);
  try {
    await writeDurably(`${file}.new`, text);
    await rename(`${file}.new`, file);
  } catch {
    // The state directory does not take it; the store, which writes there too, says so.
  }
}

/** null when there is none, or none that can be used any more. */
export async function readLastGood(directory: string): Promise<Config | null> {
  const file = join(directory, name);
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  const parsed = parseConfig(text, file);
  return parsed.ok ? parsed.config : null;
}
