/** What the tests of looks stand on: real servers on loopback and unix sockets that do as they are told, and a look with a deadline. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Finding } from '../../../src/adapters/probe/finding.ts';
import { createLanes } from '../../../src/adapters/probe/lane.ts';
import type { LookContext } from '../../../src/adapters/probe/look.ts';
import type { Observation } from '../../../src/core/mend/observation.ts';

export const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../fixtures', name));

/** The reply part of a recorded exchange: what stands below the line of dashes, if there is one. Some have bare line feeds in their head. */
export const recordedReply = (name: string): string => {
  const recorded = fixture(name).toString('utf8');
  const reply = recorded.replace(/^[\s\S]*?-----\n/, '');
  const end = reply.search(/\r?\n\r?\n/);
  const head = reply.slice(0, end).replace(/\r?\n/g, '\r\n');
  return `${head}\r\n\r\n${reply.slice(end).replace(/^\r?\n\r?\n/, '')}`;
};

export function makeFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file whose reader waits until the test is over, as on a disk that does not answer: a pipe that nobody writes to. */
export function makeHangingFile(t: Test): string {
  const path = join(makeFolder(t), 'hanging');
  execFileSync('mkfifo', ['-m', '755', path]);
  t.teardown(() => releaseHangingFile(path));
  return path;
}

/** Ends the wait of one reader. Without a reader there is nothing to end. */
export function releaseHangingFile(path: string): void {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
  }
}

export const realClock = { nowMs: () => performance.now(), wallMs: () => Date.now() };

/** Generous where an answer is expected: a loaded machine must not fail a test. */
export const plentyMs = 20_000;
/** For servers that never answer; the test waits so long. */
export const shortMs = 300;

/** One look under the prober's rules, without the prober. */
export const lookOnce = (
  work: (context: LookContext) => Promise<Finding>,
  timeoutMs = plentyMs,
): Promise<Observation> =>
  createLanes(realClock).run('test', timeoutMs, (signal, tell) => work({ unit: 'a.service', timeoutMs, signal, tell }));

export interface Peer {
  readonly port: number;
  readonly path: string;
  /** Connections that are open now. */
  open(): number;
  /** Connections there have been. */
  count(): number;
  /** Resolves when `condition` holds; it is looked at after every change. */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

async function listen(server: Server, where: { port: number; host: string } | { path: string }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, resolve);
  });
}

/** A server that treats every connection as `treat` says: on TCP, or on a unix socket when there is a path. */
export async function createPeer(t: Test, treat: (socket: Socket) => void, path = ''): Promise<Peer> {
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  let count = 0;
  const changed = (): void => {
    for (const check of waiting) check();
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    count += 1;
    // Peers that break off are what these tests are about.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      changed();
    });
    treat(socket);
    changed();
  });
  await listen(server, path === '' ? { port: 0, host: '127.0.0.1' } : { path });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  t.teardown(close);
  const address = server.address();
  return {
    port: typeof address === 'object' ? ((address as AddressInfo | null)?.port ?? 0) : 0,
    path,
    open: () => sockets.size,
    count: () => count,
    until: (condition) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!condition()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    close,
  };
}

/** Answers the first bytes of every connection with these, and ends it. */
export const answering =
  (reply: string | Buffer) =>
  (socket: Socket): void => {
    socket.once('data', () => socket.end(reply));
  };

/** Accepts and reads, and says nothing for ever: what the kernel makes of a stopped process. */
export const silent = (socket: Socket): void => {
  socket.resume();
};

/** Accepts and breaks off at once: with a reset on TCP; unix sockets know none. */
export const refusing = (socket: Socket): void => {
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
};

/** A port on which nobody listens: one that was ours a moment ago. */
export async function freePort(t: Test): Promise<number> {
  const peer = await createPeer(t, silent);
  await peer.close();
  return peer.port;
}
