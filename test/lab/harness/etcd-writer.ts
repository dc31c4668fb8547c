/** A writer at work on the members of a node until it is ended; every write that was acknowledged, with its revision. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import type { LabNode } from './node.ts';
import { waitFor } from './wait.ts';

export interface EtcdWriter {
  /** Number and revision, in their order. */
  readonly acknowledged: readonly (readonly [number, number])[];
  /** Resolves once one more was acknowledged than there were. */
  goesOn(what: string): Promise<void>;
  end(): Promise<void>;
}

export function startWriter(t: Test, node: LabNode, endpoints: readonly string[]): EtcdWriter {
  const program = fileURLToPath(new URL('./etcd-writer-process.ts', import.meta.url));
  const enter = ['-t', String(node.leaderPid()), '-n', '--', process.execPath, program];
  const child = spawn('nsenter', [...enter, ...endpoints], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const acknowledged: [number, number][] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [number, revision] = line.split(' ').map(Number);
    acknowledged.push([number ?? 0, revision ?? 0]);
  });
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  t.teardown(end);
  return {
    acknowledged,
    goesOn: async (what) => {
      const before = acknowledged.length;
      await waitFor(() => acknowledged.length > before, 60_000, `a write after ${what}`);
    },
    end,
  };
}
