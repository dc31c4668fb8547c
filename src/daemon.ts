/** The daemon from its command line to its end: configuration, agent, signals. */
import { type Agent, startAgent } from './agent.ts';
import { exitStatus, type Io } from './cli/io.ts';
import { loadConfigFile } from './config/load.ts';
import { describeProblem } from './config/problem.ts';

export interface RunOptions {
  /** null: the default file, which may be missing. */
  readonly config: string | null;
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
  const loaded = await loadConfigFile(options.config);
  if (!loaded.ok) {
    io.err(`${loaded.problems.map(describeProblem).join('\n')}\n`);
    return exitStatus.usage;
  }
  const ended = untilAsked();
  let agent: Agent;
  try {
    agent = await startAgent(loaded.config, options.config, process.env);
  } catch (error) {
    io.err(`${(error as Error).message}\n`);
    return exitStatus.no;
  }
  process.on('SIGHUP', () => void agent.reload());
  await ended;
  await agent.stop();
  return exitStatus.fine;
}
