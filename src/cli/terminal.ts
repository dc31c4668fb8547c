/** The process' own streams as an `Io`. */
import type { Io } from './io.ts';
import { createScreen } from './screen.ts';

export function createTerminal({ stdout, stderr, stdin, env }: NodeJS.Process): Io {
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    isTerminal: stdout.isTTY === true,
    columns: stdout.columns ?? Number.POSITIVE_INFINITY,
    color: stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '',
    ...(stdout.isTTY === true && stdin.isTTY === true ? { screen: createScreen(stdout, stdin) } : {}),
  };
}
