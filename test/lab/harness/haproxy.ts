/** The example configuration of HAProxy, run by a real one, with what it says of its servers; and load through it. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LabNode } from './node.ts';
import { REPOSITORY } from './places.ts';

const SOCKET = '/run/haproxy/nodemend.sock';

export interface Server {
  /** HAProxy's word: UP, DRAIN, MAINT, DOWN, "DOWN (agent)" ... */
  readonly status: string;
  readonly sessions: number;
  /** Connects that failed, and requests that were tried again. */
  readonly retries: number;
}

/** The text of an example of config/. */
export function example(name: string): string {
  return readFileSync(join(REPOSITORY, 'config', name), 'utf8');
}

/** A command of HAProxy's own socket; a Unix socket on the node is reached from the test process through the node's root in /proc. */
function askSocket(node: LabNode, command: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(node.hostPath(SOCKET));
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  socket.on('error', reject).on('end', () => resolve(text));
  socket.end(`${command}\n`);
  return promise;
}

/** HAProxy's own figures of the servers of a backend. */
export async function serversOf(node: LabNode, backend: string): Promise<Readonly<Record<string, Server>>> {
  const [header = '', ...lines] = (await askSocket(node, 'show stat')).split('\n');
  const names = header.replace(/^# /, '').split(',');
  const rows = lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at] ?? '', cell])));
  const ours = rows.filter((row) => row['pxname'] === backend && /^worker-/.test(row['svname'] ?? ''));
  return Object.fromEntries(
    ours.map((row) => [
      row['svname'] ?? '',
      {
        status: row['status'] ?? '',
        sessions: Number(row['stot']),
        retries: Number(row['econ']) + Number(row['eresp']) + Number(row['wretr']) + Number(row['wredis']),
      },
    ]),
  );
}

export interface LoadReport {
  readonly '2xx': number;
  readonly non2xx: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly resets: number;
}

/** Load in the node's own network, until it is told to end; resolves with its report. It ends with this process at the latest. */
export function beginLoad(node: LabNode, url: string): { end(): Promise<LoadReport> } {
  const program = fileURLToPath(new URL('./load-process.ts', import.meta.url));
  const argv = ['-t', String(node.leaderPid()), '-n', '--', process.execPath, program, url];
  const child = spawn('nsenter', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    end: async () => {
      child.stdin.end();
      await ended;
      return JSON.parse(text) as LoadReport;
    },
  };
}
