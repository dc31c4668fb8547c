/** The end of a unit's journal, newest entry first, so that what does not fit is the oldest. */
import type { startCommand } from '../exec/run.ts';

const lines = 200;
const mostBytes = 131_072;

export interface Journal {
  readonly text: Promise<string>;
  /** Resolves when no journalctl of ours is left. */
  readonly gone: Promise<void>;
}

export function readJournal(start: typeof startCommand, unit: string, timeoutMs: number): Journal {
  const { result, gone } = start(
    [
      'journalctl',
      `--unit=${unit}`,
      `--lines=${lines}`,
      '--reverse',
      '--output=short-monotonic',
      '--no-pager',
      '--quiet',
    ],
    { timeoutMs, maxBytes: mostBytes },
  );
  const text = result.then(({ stdout, stderr, timedOut, failedToStart }) => {
    if (failedToStart !== null) return `cannot run journalctl: ${failedToStart}`;
    return timedOut ? `${stdout}\n(cut short: the journal did not answer in time)` : stdout || stderr;
  });
  return { text, gone };
}
