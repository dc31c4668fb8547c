/**
 * What has to be healed, on this machine's disk before anything is broken: whoever finds the file heals the node. It is gone when there is nothing
 * to heal.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv } from './failure.ts';
import type { Target } from './target.ts';

export interface Debt {
  readonly target: string;
  readonly failure: string;
  readonly heal: readonly Argv[];
}

export interface HealJournal {
  readonly path: string;
  read(): Debt | null;
  write(debt: Debt): void;
  clear(): void;
}

export function createJournal(folder: string): HealJournal {
  const path = join(folder, 'heal.json');
  return {
    path,
    read: () => {
      try {
        return JSON.parse(readFileSync(path, 'utf8')) as Debt;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    write: (debt) => {
      mkdirSync(folder, { recursive: true });
      const file = openSync(`${path}.new`, 'w', 0o600);
      writeSync(file, `${JSON.stringify(debt)}\n`);
      fsyncSync(file);
      closeSync(file);
      renameSync(`${path}.new`, path);
    },
    clear: () => rmSync(path, { force: true }),
  };
}

/** In order; each may fail, since not all may have been broken. */
export async function heal(target: Target, { heal: commands }: Debt): Promise<void> {
  for (const argv of commands) await target.run(argv, { timeoutMs: 60_000 });
}
