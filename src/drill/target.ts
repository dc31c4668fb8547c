/** A node to be broken, as the drill reaches it. */
import type { Argv } from './failure.ts';

export interface Ran {
  /** Exit status; 124 at the deadline, 255 when the target could not be reached. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Target {
  /** As the operator wrote it: lab, local, ssh:worker-1. */
  readonly name: string;
  /** A node that exists for the drill alone: nobody is asked before it is broken. */
  readonly disposable: boolean;
  /** Runs a program on the node as root. Never rejects. */
  run(argv: Argv, options?: { readonly timeoutMs?: number }): Promise<Ran>;
  /** Resolves once nothing of it is left on this machine. */
  close(): Promise<void>;
}

export const timedOut = 124;
export const unreachable = 255;
