/** Settings in a service's environment file: those that are there are changed where they stand, others added at the end; everything else stays as it is. */
import { chmod, chown, readFile, stat } from 'node:fs/promises';
import { writeDurably } from './snapshot-file.ts';

export function withSettings(text: string, settings: Readonly<Record<string, string>>): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  for (const [name, value] of Object.entries(settings)) {
    const line = `${name}="${value}"`;
    const isIt = (one: string): boolean => new RegExp(`^\\s*${name}=`).test(one);
    // The last one counts, so it is the one that is changed.
    const at = lines.findLastIndex(isIt);
    if (at < 0) lines.push(line);
    else lines[at] = line;
  }
  return `${lines.join('\n')}\n`;
}

/** Keeps owner and mode. A file that is missing is made. */
export async function changeSettings(path: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const before = await stat(path).catch(() => null);
  const text = before === null ? '' : await readFile(path, 'utf8');
  await writeDurably(path, withSettings(text, settings));
  await chmod(path, before === null ? 0o644 : before.mode & 0o7777);
  if (before !== null) await chown(path, before.uid, before.gid);
}
