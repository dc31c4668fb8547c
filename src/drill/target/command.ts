/** Runs a program on this machine for a target; the exit statuses are the target port's. */
import { runCommand } from '../../adapters/exec/run.ts';
import type { Argv } from '../failure.ts';
import { type Ran, timedOut, unreachable } from '../target.ts';

const usualTimeoutMs = 30_000;
/** A bus that is written down for half an hour fits. */
const maxBytes = 16 * 1024 * 1024;

export async function runHere(argv: Argv, timeoutMs: number = usualTimeoutMs): Promise<Ran> {
  const { exitCode, stdout, stderr, timedOut: late, failedToStart } = await runCommand(argv, { timeoutMs, maxBytes });
  if (late) return { status: timedOut, stdout, stderr };
  if (failedToStart !== null) return { status: 127, stdout, stderr: `cannot start ${argv[0]}: ${failedToStart}` };
  return { status: exitCode ?? unreachable, stdout, stderr };
}
