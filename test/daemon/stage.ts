/** The real daemon as a child, with everything it touches in a folder of its own, and the real command line to ask it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';
import { createProgram } from '../../src/commands.ts';
import { record } from '../cli/recorder.ts';

const program = resolve(import.meta.dirname, '../../src/main.ts');
const patienceMs = 30_000;

export interface Place {
  readonly folder: string;
  readonly file: string;
  readonly socket: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** Writes the configuration: these lines and where to listen. */
  configure(text: string): void;
  url(path: string): string;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

/** `bus`: the address of a system bus; nowhere by default. */
export async function createPlace(t: Test, bus = 'unix:path=/nowhere'): Promise<Place> {
  // Short, because the path of a socket has to fit into 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'daemon-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const file = join(folder, 'nodemend.yaml');
  const socket = join(folder, 'control.sock');
  return {
    folder,
    file,
    socket,
    port,
    env: { PATH: process.env['PATH'] ?? '', STATE_DIRECTORY: join(folder, 'state'), DBUS_SYSTEM_BUS_ADDRESS: bus },
    configure: (text) => writeFileSync(file, `${text}\nlisten: 127.0.0.1:${port}\nsocket: ${socket}\n`),
    url: (path) => `http://127.0.0.1:${port}${path}`,
  };
}

export interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

export interface Line {
  readonly type?: string;
  readonly reason?: string;
  readonly [field: string]: unknown;
}

export interface Daemon {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** The next line of the log that fits, from where the last call left off. */
  line(fits: (line: Line) => boolean): Promise<Line>;
  kill(signal: NodeJS.Signals): void;
}

function start(words: readonly string[], env: Readonly<Record<string, string>>) {
  // Exactly this environment: what a test runner adds for its children is none of the daemon's.
  const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return spawn('env', ['-i', ...pairs, process.execPath, program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
}

export function startDaemon(
  t: Test,
  { file, env }: Place,
  words: readonly string[] = ['run', '--config', file],
): Daemon {
  const child = start(words, env);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let err = '';
  let read = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const look of [...waiting]) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<Ended>((told) => {
    child.once('close', (status, signal) => told({ status, signal, out: lines.join('\n'), err }));
  });
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    pid: child.pid ?? 0,
    ended,
    kill: (signal) => void child.kill(signal),
    line: (fits) => {
      const { promise, resolve: found, reject } = Promise.withResolvers<Line>();
      const look = (): void => {
        for (; read < lines.length; read += 1) {
          const line = JSON.parse(lines[read] ?? '') as Line;
          if (!fits(line)) continue;
          read += 1;
          waiting.delete(look);
          found(line);
          return;
        }
      };
      const timer = setTimeout(
        () => reject(new Error(`no such line in time; ${err}\n${lines.join('\n')}`)),
        patienceMs,
      );
      void ended.then(({ status }) => reject(new Error(`the daemon ended with ${status}; ${err}`)));
      waiting.add(look);
      look();
      return promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(look);
      });
    },
  };
}

/** A command in this process, by the words of the command line: the same without the time that a process of its own takes to start. */
export async function ask(place: Place, ...words: string[]): Promise<Pick<Ended, 'status' | 'out' | 'err'>> {
  const io = record();
  let status: number | null = null;
  const keep = (ended: number): void => {
    status = ended;
  };
  await createProgram(io, keep, '0').parseAsync(['node', 'nodemend', ...words, '--socket', place.socket]);
  return { status, ...io.said };
}

/** Runs a command in a process of its own to its end. */
export async function runCli(place: Place, ...words: string[]): Promise<Ended> {
  const child = start(words, place.env);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((told) => child.once('close', (status, signal) => told({ status, signal, out, err })));
}

export const says =
  (reason: string) =>
  (line: Line): boolean =>
    line.reason === reason;
