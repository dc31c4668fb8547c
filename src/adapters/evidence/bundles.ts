/** The folder of bundles: bounded in number and size, the oldest go first, and none is ever half written under its name. */
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const mostFiles = 50;
const mostBytes = 50 * 1_048_576;
const unfinished = '.new';

export interface Bundles {
  /** Rejects when the disk does not take it. May take as long as the disk does. */
  keep(name: string, text: string): Promise<void>;
}

export function createBundles(folder: string): Bundles {
  const writing = new Set<string>();

  async function makeRoom(): Promise<void> {
    // Names begin with the time, so their order is that of time.
    const names = (await readdir(folder)).sort();
    const left = names.filter((name) => name.endsWith(unfinished) && !writing.has(name));
    for (const name of left) await rm(join(folder, name), { force: true });
    const bundles = names.filter((name) => name.endsWith('.json'));
    const sizes: number[] = [];
    for (const name of bundles) sizes.push((await stat(join(folder, name)).catch(() => null))?.size ?? 0);
    let bytes = sizes.reduce((sum, size) => sum + size, 0);
    for (const [index, name] of bundles.entries()) {
      if (bundles.length - index < mostFiles && bytes < mostBytes) return;
      await rm(join(folder, name), { force: true });
      bytes -= sizes[index] ?? 0;
    }
  }

  return {
    keep: async (name, text) => {
      const path = join(folder, name);
      const first = `${name}${unfinished}`;
      writing.add(first);
      try {
        // Not with its parents: Node's recursive mkdir never ends where the kernel makes no folders.
        await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error;
        });
        await makeRoom();
        await writeFile(join(folder, first), text, { mode: 0o600, flag: 'wx' });
        await rename(join(folder, first), path);
      } catch (error) {
        await rm(join(folder, first), { force: true }).catch(() => undefined);
        throw error;
      } finally {
        writing.delete(first);
      }
    },
  };
}
