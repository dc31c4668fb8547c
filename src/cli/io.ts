/**
 * What a command may say and to whom: the only way from a command to the terminal. Commands never print by themselves and
 * never end the process; they return an exit status.
 */
import type { Screen } from './screen.ts';

export interface Io {
  /** Writes to standard output. The text brings its own line ends. */
  out(text: string): void;
  /** Writes to standard error. */
  err(text: string): void;
  readonly isTerminal: boolean;
  /** Width of the terminal; endless where there is none: who reads through a pipe gets every name whole. */
  readonly columns: number;
  /** Whether colours are wanted: a terminal, and NO_COLOR not set. */
  readonly color: boolean;
  /** The whole terminal, for who watches; absent where there is none. */
  readonly screen?: Screen;
}

/** Fine; the answer is no; wrong usage or configuration; the daemon cannot be reached. */
export const exitStatus = { fine: 0, no: 1, usage: 2, unreachable: 3 } as const;

/** What each says. */
export const exitMeanings: Readonly<Record<keyof typeof exitStatus, string>> = {
  fine: 'all is well',
  no: 'the answer is no: unhealthy, failed, refused',
  usage: 'wrong usage or configuration',
  unreachable: 'the daemon (or, for `discover`, systemd) cannot be reached',
};
