/** Every guard is needed: with any of them taken out of a copy of the planner, a story, a world or a row of the tables shows it. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { type Mutant, mutants } from './mutants.ts';

const top = join(import.meta.dirname, '../../../..');
const copied = ['src/core', 'src/etcd-work.ts', 'test/core/etcd', 'package.json'];
const mostWorlds = 6_000;

function copyWith({ file, line, instead }: Mutant, folder: string): void {
  for (const name of copied) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    cpSync(join(top, name), join(folder, name), { recursive: true });
  }
  const path = join(folder, 'src', file);
  const parts = readFileSync(path, 'utf8').split(line);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${line}`);
  writeFileSync(path, parts.join(instead));
}

const load = (folder: string, name: string): Promise<unknown> =>
  import(pathToFileURL(join(folder, 'test/core/etcd/work', name)).href);

/** What shows that something is wrong with the copy; null when nothing does. */
async function findFault(folder: string): Promise<string | null> {
  const { unkept } = (await load(folder, 'tables.ts')) as typeof import('./tables.ts');
  const [row] = unkept();
  if (row !== undefined) return `the row "${row}"`;
  const { playAny } = (await load(folder, 'any.ts')) as typeof import('./any.ts');
  for (let seed = 1; seed <= mostWorlds; seed += 1) {
    const [fault] = await playAny(seed).catch((error: unknown) => [String(error)]);
    if (fault !== undefined) return fault;
  }
  return null;
}

for (const mutant of mutants) {
  t.test(mutant.what, async (t) => {
    const folder = t.testdir({});
    copyWith(mutant, folder);
    const fault = await findFault(folder);
    t.ok(fault !== null, fault ?? 'nothing shows it');
  });
}
