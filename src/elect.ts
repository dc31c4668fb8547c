/**
 * `nodemend elect NAME -- COMMAND`: runs a command only while this one leads. It stands by itself and needs no daemon: one that asked the daemon would
 * not know that it is dead before the lease is another's.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve as toPath } from 'node:path';
import { findProgram } from './adapters/exec/program.ts';
import { exitStatus, type Io } from './cli/io.ts';
import { resolveElections } from './config/elections.ts';
import { loadConfigFile } from './config/load.ts';
import { describeProblems } from './config/problem.ts';
import type { Config } from './config/schema.ts';
import type { ElectionPolicy } from './core/elect/policy.ts';
import { createElecting } from './electing.ts';
import { unknownName } from './serve/names.ts';

export interface ElectOptions {
  readonly config: string | null;
  readonly election: string;
  readonly argv: readonly string[];
}

/** The election under an identity of its own: the daemon of this node may stand for it too, and so may another `elect`. */
function policyOf(config: Config, election: string): ElectionPolicy | null {
  const policies = resolveElections(config.elections, config.node ?? hostname());
  const policy = policies.find(({ name }) => name === election);
  if (policy === undefined) return null;
  const identity = `${policy.identity}_${randomUUID()}`;
  // The core waits for the end of a term only where there is a command for it.
  return { ...policy, identity, campaign: true, onElected: ['begin'], onLost: ['end'] };
}

export async function elect({ config: file, election, argv }: ElectOptions, io: Io): Promise<number> {
  const loaded = await loadConfigFile(file);
  if (!loaded.ok) {
    io.err(`${describeProblems(loaded.problems)}\n`);
    return exitStatus.usage;
  }
  const policy = policyOf(loaded.config, election);
  if (policy === null) {
    io.err(`${unknownName(election, Object.keys(loaded.config.elections), 'election')}\n`);
    return exitStatus.usage;
  }
  const [program = ''] = argv;
  const path = program.includes('/') ? toPath(program) : program;
  const missing = await findProgram(path, process.env['PATH'] ?? '').then(
    () => null,
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
  if (missing !== null) {
    io.err(`cannot run ${JSON.stringify(program)}: ${missing}; give a program that may be run after --\n`);
    return exitStatus.usage;
  }
  const guard = [...process.execArgv, process.argv[1] ?? '', 'elect-guard'];
  const { over, stop } = createElecting({ policy, argv, guard, io });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  return over;
}
