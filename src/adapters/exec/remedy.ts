/** The `exec` remedy: a command of the operator's, as an action result. */
import type { ActionResult } from '../../core/event.ts';
import { cleanDetail } from '../probe/detail.ts';
import type { runCommand } from './run.ts';

const mostBytes = 4_096;

export function createRemedyCommand(run: typeof runCommand) {
  return async (argv: readonly string[], timeoutMs: number): Promise<ActionResult> => {
    const { exitCode, signal, stderr, timedOut, failedToStart } = await run(argv, { timeoutMs, maxBytes: mostBytes });
    if (exitCode === 0) return { ok: true, reason: 'action.done', detail: '' };
    if (timedOut) return { ok: false, reason: 'action.timeout', detail: `${argv[0]} did not end in ${timeoutMs} ms` };
    const why = failedToStart ?? signal ?? `exit status ${exitCode}`;
    return { ok: false, reason: 'action.failed', detail: cleanDetail(`${argv[0]}: ${why} ${stderr}`) };
  };
}
