/** A program of ours in a node's network, whose lines are heard until it is ended. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { LabNode } from './node.ts';

/** Resolves once it is gone. */
export type End = () => Promise<void>;

export function hearLines(node: LabNode, argv: readonly string[], hear: (line: string) => void): End {
  const enter = ['-t', String(node.leaderPid()), '-n', '--', process.execPath];
  const child = spawn('nsenter', [...enter, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  createInterface({ input: child.stdout }).on('line', hear);
  return async () => {
    child.kill('SIGKILL');
    await gone;
  };
}
