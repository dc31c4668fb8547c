/** A writer at work on the members of a node until it is ended; every write that was acknowledged, with its revision. */
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { type End, hearLines } from './lines.ts';
import type { LabNode } from './node.ts';
import { waitFor } from './wait.ts';

export interface EtcdWriter {
  /** Number and revision, in their order. */
  readonly acknowledged: readonly (readonly [number, number])[];
  /** Resolves once one more was acknowledged than there were. */
  goesOn(what: string): Promise<void>;
  readonly end: End;
}

export function startWriter(t: Test, node: LabNode, endpoints: readonly string[]): EtcdWriter {
  const program = fileURLToPath(new URL('./etcd-writer-process.ts', import.meta.url));
  const acknowledged: [number, number][] = [];
  const end = hearLines(node, [program, ...endpoints], (line) => {
    const [number, revision] = line.split(' ').map(Number);
    acknowledged.push([number ?? 0, revision ?? 0]);
  });
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
