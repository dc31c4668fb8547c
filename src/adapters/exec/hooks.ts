/**
 * The commands at the beginning and the end of a term, one at a time for each election: the one that came before is ended first, and waited for. What is
 * ended while it still waits to begin never begins.
 */
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

const overtaken: ActionResult = { ok: false, reason: 'action.canceled', detail: 'its term is over' };

/** What a command that is run for a term has in its environment. */
export const termEnvironment = (election: string, identity: string, token: number): Record<string, string> => ({
  NODEMEND_ELECTION: election,
  NODEMEND_IDENTITY: identity,
  NODEMEND_FENCING_TOKEN: String(token),
});

async function end({ stop, gone }: Running): Promise<void> {
  stop.abort();
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, endMs);
  await Promise.race([gone, late]);
  clearTimeout(timer);
}

export function createHooks(start: typeof startCommand): Hooks {
  /** By election. */
  const latest = new Map<string, Running>();

  return {
    end: (election) => {
      const last = latest.get(election);
      if (last !== undefined) void end(last);
    },
    run: async ({ election, identity, token, argv, timeoutMs }, ready): Promise<ActionResult> => {
      const last = latest.get(election);
      const { promise: gone, resolve: leave } = Promise.withResolvers<void>();
      const mine = { stop: new AbortController(), gone };
      latest.set(election, mine);
      await Promise.all([last === undefined ? null : end(last), ready]);
      if (mine.stop.signal.aborted) {
        leave();
        return overtaken;
      }
      const run = createRemedyCommand((words, options) => {
        const env = termEnvironment(election, identity, token);
        const command = start(words, { ...options, signal: mine.stop.signal, env });
        void command.gone.then(leave);
        return command.result;
      });
      const result = await run(argv, timeoutMs);
      if (latest.get(election) === mine) latest.delete(election);
      return mine.stop.signal.aborted ? overtaken : result;
    },
  };
}
