/** The simulator over a copy of the core in which one line is changed. The daemon itself has no switch for this. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Mutant } from './mutants.ts';

const top = join(import.meta.dirname, '../..');

/** The source and the simulator beside each other, as they lie in the repository. */
export function copyWith({ file, line, instead }: Mutant, folder: string): void {
  cpSync(join(top, 'src'), join(folder, 'src'), { recursive: true });
  cpSync(join(top, 'test/sim'), join(folder, 'test/sim'), { recursive: true });
  cpSync(join(top, 'package.json'), join(folder, 'package.json'));
  const path = join(folder, 'src/core/mend', file);
  const parts = readFileSync(path, 'utf8').split(line);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${line}`);
  writeFileSync(path, parts.join(instead));
}

/** A module of the simulator, as it is in the copy. */
export const load = (folder: string, name: string): Promise<unknown> =>
  import(pathToFileURL(join(folder, 'test/sim', name)).href);
