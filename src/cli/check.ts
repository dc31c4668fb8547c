/** `nodemend check`: lists every problem of a configuration with its line. */
import { loadConfigFile } from '../config/load.ts';
import { describeProblems } from '../config/problem.ts';
import { exitStatus, type Io } from './io.ts';

export interface CheckOptions {
  /** null: the default file, which may be missing. */
  readonly file: string | null;
  readonly json?: boolean;
}

export async function check({ file, json = false }: CheckOptions, io: Io): Promise<number> {
  const loaded = await loadConfigFile(file);
  if (json) io.out(`${JSON.stringify({ ok: loaded.ok, problems: loaded.ok ? [] : loaded.problems })}\n`);
  else if (loaded.ok) io.out('the configuration is fine\n');
  else io.err(`${describeProblems(loaded.problems)}\n`);
  return loaded.ok ? exitStatus.fine : exitStatus.usage;
}
