/**
 * The last configuration that was in force, kept beside the state: with it a daemon that dies while the file is bad comes back and mends as before.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseConfig } from './load.ts';
import type { Config } from './schema.ts';

const name = 'last-good.yaml';

export async function keepLastGood(directory: string, text: string): Promise<void> {
  const file = join(directory, name);
  try {
    await writeFile(`${file}.new`, text, { mode: 0o600 });
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
