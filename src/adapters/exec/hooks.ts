/** The commands at the beginning and the end of a term: what the last one of the same election still runs is ended first, and waited for. */
import type { ActionResult } from '../../core/event.ts';
import type { Hooks } from '../../ports.ts';
import { createRemedyCommand } from './remedy.ts';
import type { startCommand } from './run.ts';

/** What SIGKILL does not end within this is in uninterruptible sleep: the next command begins all the same. */
const endMs = 500;

interface Running {
  readonly stop: AbortController;
  readonly gone: Promise<void>;
}

/** What a command that is run for a term has in its environment. */
export const termEnvironment = (election: string, identity: string, token: number): Record<string, string> => ({
  NODEMEND_ELECTION: election,
  NODEMEND_IDENTITY: identity,
  NODEMEND_FENCING_TOKEN: String(token),
});

export function createHooks(start: typeof startCommand): Hooks {
  const running = new Map<string, Running>();

  async function end(election: string): Promise<void> {
    const last = running.get(election);
    if (last === undefined) return;
    running.delete(election);
    last.stop.abort();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, endMs);
    await Promise.race([last.gone, late]);
    clearTimeout(timer);
  }

  return {
    end: (election) => void end(election),
    run: async ({ election, identity, token, argv, timeoutMs }): Promise<ActionResult> => {
      await end(election);
      const stop = new AbortController();
      const env = termEnvironment(election, identity, token);
      const run = createRemedyCommand((words, options) => {
        const command = start(words, { ...options, signal: stop.signal, env });
        running.set(election, { stop, gone: command.gone });
        return command.result;
      });
      const result = await run(argv, timeoutMs);
      if (running.get(election)?.stop === stop) running.delete(election);
      return stop.signal.aborted ? { ok: false, reason: 'action.canceled', detail: 'its term is over' } : result;
    },
  };
}
