/** Hostile clients in a node's network; what they do is in hostile-process.ts. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Heard } from './hostile-process.ts';
import type { LabNode } from './node.ts';

export interface Hostile {
  /** What they said last of themselves; null while they begin. */
  heard(): Heard | null;
  close(): void;
}

/** Lets them loose on a port of the node's loopback. They end with the node or with this process at the latest. */
export function letLoose(node: LabNode, port: number): Hostile {
  const program = fileURLToPath(new URL('./hostile-process.ts', import.meta.url));
  const argv = ['-t', String(node.leaderPid()), '-n', '--', process.execPath, program, String(port)];
  const child = spawn('nsenter', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let last: Heard | null = null;
  createInterface({ input: child.stdout }).on('line', (line) => {
    last = JSON.parse(line) as Heard;
  });
  return { heard: () => last, close: () => void child.kill('SIGKILL') };
}
