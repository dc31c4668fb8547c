/** Requests over many connections at once, from autocannon in the node's own network. */
import { join } from 'node:path';
import { mustRun } from '../lab/harness/command.ts';
import type { LabNode } from '../lab/harness/node.ts';
import { REPOSITORY } from '../lab/harness/places.ts';

export interface Load {
  /** Requests in each second. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Replies that were not 2xx, errors and timeouts. */
  readonly failed: number;
}

interface Report {
  readonly requests: { readonly p50: number };
  readonly latency: { readonly p50: number; readonly p99: number };
  readonly non2xx: number;
  readonly errors: number;
  readonly timeouts: number;
}

export async function applyLoad(node: LabNode, url: string, connections: number, seconds: number): Promise<Load> {
  const program = join(REPOSITORY, 'node_modules/autocannon/autocannon.js');
  // In a thread of its own the client asks half as much again: it is slower than the server, and a slow client is not what is measured.
  const options = [
    '--workers',
    '1',
    '--json',
    '--no-progress',
    '--connections',
    String(connections),
    '--duration',
    String(seconds),
  ];
  const enter = ['nsenter', '-t', String(node.leaderPid()), '-n', '--'];
  const text = await mustRun([...enter, process.execPath, program, ...options, url], {
    timeoutMs: seconds * 1_000 + 60_000,
  });
  const { requests, latency, non2xx, errors, timeouts } = JSON.parse(text) as Report;
  return { perSecond: requests.p50, p50Ms: latency.p50, p99Ms: latency.p99, failed: non2xx + errors + timeouts };
}
