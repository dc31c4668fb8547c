/** The process' own streams as an `Io`. */
import type { Io } from './io.ts';
import { createScreen } from './screen.ts';

const usualColumns = 80;

export function createTerminal({ stdout, stderr, stdin, env }: NodeJS.Process): Io {
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    isTerminal: stdout.isTTY === true,
    columns: stdout.columns ?? usualColumns,
    color: stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '',
    ...(stdout.isTTY === true && stdin.isTTY === true ? { screen: createScreen(stdout, stdin) } : {}),
  };
}
