/** Clients in a node's network: hostile ones, and readers of the event stream. What they do is in hostile-process.ts and readers-process.ts. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Heard } from './hostile-process.ts';
import type { LabNode } from './node.ts';

export interface Clients<Said> {
  /** What they said last of themselves; null while they begin. */
  heard(): Said | null;
  close(): void;
}

/** Lets them loose on a port of the node's loopback. They end with the node or with this process at the latest. */
export const letLoose = (node: LabNode, port: number): Clients<Heard> => start(node, './hostile-process.ts', port);

export const openStreams = (node: LabNode, port: number, count: number): Clients<{ readonly connected: number }> =>
  start(node, './readers-process.ts', port, count);

function start<Said>(node: LabNode, file: string, ...numbers: readonly number[]): Clients<Said> {
  const program = fileURLToPath(new URL(file, import.meta.url));
  const argv = ['-t', String(node.leaderPid()), '-n', '--', process.execPath, program, ...numbers.map(String)];
  const child = spawn('nsenter', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let last: Said | null = null;
  createInterface({ input: child.stdout }).on('line', (line) => {
    last = JSON.parse(line) as Said;
  });
  return { heard: () => last, close: () => void child.kill('SIGKILL') };
}
