/**
 * A command judged by its exit status: 0 healthy, 1 to 125 unhealthy. 126 and 127 are a shell's words for "cannot be run", and what ends by
 * a signal (of another's, or beyond 127 by a shell's count) was not able to say anything: unknown.
 */
import { type Finding, finding } from '../probe/finding.ts';
import type { Look } from '../probe/look.ts';
import type { CommandResult } from './process.ts';
import { startCommand } from './run.ts';

const mostBytes = 4_096;
const noCommand: readonly number[] = [126, 127];

/** The finding of a command that has ended. `name` is its argv[0]. */
export function judgeCommand(name: string, result: CommandResult): Finding {
  const { exitCode, signal, stdout, stderr, timedOut, failedToStart } = result;
  const said = [stdout, stderr].map((text) => text.trim()).find((text) => text !== '') ?? '';
  if (failedToStart !== null) return finding('probe.no-command', `cannot run ${name}: ${failedToStart}`);
  if (timedOut) return finding('probe.timeout', `${name} did not end in time; it was killed: ${said}`);
  if (exitCode === 0) return finding('probe.ok', said);
  if (exitCode === null) return finding('probe.failed', `${name} was ended by ${signal ?? 'a signal'}: ${said}`);
  if (noCommand.includes(exitCode)) return finding('probe.no-command', `${name} ended with ${exitCode}: ${said}`);
  if (exitCode > 127) return finding('probe.failed', `${name} ended with ${exitCode}: ${said}`);
  return finding('probe.exit-status', `${name} ended with ${exitCode}: ${said}`);
}

export const lookExec: Look<'exec'> = async ({ argv }, { timeoutMs, signal, tell }) => {
  const { result, gone } = startCommand(argv, { timeoutMs, maxBytes: mostBytes, signal });
  const judged = judgeCommand(argv[0] ?? '', await result);
  tell(judged);
  // A process that not even SIGKILL ends (state D), and a file that is never read, keep the lane.
  await gone;
  return judged;
};
