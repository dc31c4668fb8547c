/** Daemons of the benchmark's own that stand for elections, on the node and beside the installed one. A term begins with a file that is touched. */
import { statSync } from 'node:fs';
import type { LabNode } from '../lab/harness/node.ts';
import { nowMs, strike } from '../lab/harness/strike.ts';

/** Text of a lock in the configuration. */
export type Lock = string;

export interface Candidate {
  readonly unit: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves once it knows who leads `boss`. */
  awaitKnowing(): Promise<void>;
  /** Sends the signal to the process; resolves to the moment, in CLOCK_MONOTONIC milliseconds. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): Promise<number>;
  /** Resolves to the moment at which a term of it began, after `sinceMs`. */
  nextTerm(sinceMs: number): Promise<number>;
  metrics(): Promise<string>;
}

const patienceMs = 120_000;

export function createCandidate(
  node: LabNode,
  name: string,
  port: number,
  elections: (touched: string) => string,
): Candidate {
  const unit = `bench-${name}.service`;
  const touched = `/run/bench-${name}-elected`;
  const config = `/etc/bench-${name}.yaml`;
  node.write(
    config,
    `node: ${name}\ndiscover: false\nlisten: 127.0.0.1:${port}\nsocket: /run/bench-${name}.sock\n${elections(touched)}\n`,
    0o600,
  );
  const url = (path: string): string => `http://127.0.0.1:${port}${path}`;
  // With the flags that the package's own unit gives it.
  const [, command = ''] = /^ExecStart=(.*)$/m.exec(node.read('/lib/systemd/system/nodemend.service')) ?? [];
  const program = [...command.split(' '), '--config', config];
  const ended = async (): Promise<boolean> => (await node.unit(unit))['LoadState'] === 'not-found';

  return {
    unit,
    start: async () => {
      await node.waitFor(ended, patienceMs, `${unit} to have ended`);
      const env = [`--setenv=STATE_DIRECTORY=/var/lib/bench-${name}`];
      await node.ok(['systemd-run', '--collect', `--unit=${unit}`, ...env, ...program]);
    },
    stop: async () => void (await node.run(['systemctl', 'stop', unit], { timeoutMs: 60_000 })),
    awaitKnowing: async () => {
      const knows = async (): Promise<boolean> => (await node.http(url('/leader/boss'))).status === 200;
      await node.waitFor(knows, patienceMs, `${name} to know who leads`);
    },
    signal: async (signal) => (await strike(node, unit, signal)).atMs,
    nextTerm: async (sinceMs) => {
      // The file's time is the wall clock's; both are read together to have it as the monotonic one's.
      const behindMs = Date.now() - nowMs();
      const begun = (): number | null => {
        const { mtimeMs = 0 } = statSync(node.hostPath(touched), { throwIfNoEntry: false }) ?? {};
        return mtimeMs - behindMs > sinceMs ? mtimeMs - behindMs : null;
      };
      return node.waitFor(begun, patienceMs, `${name} to lead`, 5);
    },
    metrics: async () => (await node.http(url('/metrics'))).body,
  };
}
