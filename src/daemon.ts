/** The daemon from its command line to its end: configuration, agent, signals. */
import { type Agent, startAgent } from './agent.ts';
import { exitStatus, type Io } from './cli/io.ts';
import { keepLastGood, readLastGood } from './config/last-good.ts';
import { loadConfigFile } from './config/load.ts';
import { describeProblems } from './config/problem.ts';
import type { FirstConfig } from './configure.ts';
import { stateDirectory } from './state-directory.ts';

export interface RunOptions {
  /** null: the default file, which may be missing. */
  readonly config: string | null;
}

/** The file's configuration, or the last good one in its place; the problems alone when there is neither. */
async function firstConfig(file: string | null, directory: string): Promise<FirstConfig | string> {
  const loaded = await loadConfigFile(file);
  if (loaded.ok) return { config: loaded.config, text: loaded.text, problems: '' };
  const problems = describeProblems(loaded.problems);
  const config = await readLastGood(directory);
  return config === null ? problems : { config, text: null, problems };
}

/** The first signal that asks for an end. */
function untilAsked(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.once('SIGTERM', () => resolve());
  process.once('SIGINT', () => resolve());
  return promise;
}

/** Resolves to the exit status once the daemon has ended. */
export async function run(options: RunOptions, io: Io): Promise<number> {
  // What it writes is for root alone, under whatever unit it runs; the control socket has a mode of its own.
  process.umask(0o077);
  const directory = stateDirectory();
  const ended = untilAsked();
  // From the first moment on: without a handler the signal would end the process. What is asked for before the start waits for it.
  const started = Promise.withResolvers<Agent>();
  process.on('SIGHUP', () => void started.promise.then((agent) => agent.reload()));
  const first = await firstConfig(options.config, directory);
  if (typeof first === 'string') {
    io.err(`${first}\n`);
    return exitStatus.usage;
  }
  let agent: Agent;
  try {
    agent = await startAgent(first, options.config, directory);
  } catch (error) {
    io.err(`${(error as Error).message}\n`);
    return exitStatus.no;
  }
  // Not before: the directory may be another agent's.
  if (first.text !== null) await keepLastGood(directory, first.text);
  started.resolve(agent);
  await ended;
  await agent.stop();
  return exitStatus.fine;
}
