/**
 * What leaders write to: a store for each election that refuses a token lower than the highest it has seen. It keeps the history of all writes, with the
 * times that the writers tell. One line is one word of a writer: `hello ELECTION WRITER`, `write ID TOKEN BEGAN_MS`, `heard ID ENDED_MS`.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Write } from './history.ts';

interface Kept extends Write {
  endedAtMs: number | null;
}

export interface Fence {
  /** Resolves once writers can connect to this Unix socket. */
  listen(path: string): Promise<void>;
  /** The history so far, in the order of arrival. */
  history(): readonly Write[];
  close(): Promise<void>;
}

export function createFence(): Fence {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const writes: Kept[] = [];
  const highest = new Map<string, number>();
  let accepted = 0;

  function write(election: string, writer: string, token: number, beganAtMs: number): Kept {
    const isLate = token < (highest.get(election) ?? token);
    if (!isLate) {
      highest.set(election, token);
      accepted += 1;
    }
    const kept = { election, writer, token, beganAtMs, endedAtMs: null, order: isLate ? null : accepted };
    writes.push(kept);
    return kept;
  }

  function serve(socket: Socket): void {
    const mine = new Map<string, Kept>();
    let [election, writer] = ['', ''];
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const lines = createInterface({ input: socket });
    // A writer that is killed leaves an answer that nobody reads.
    for (const told of [socket, lines]) told.on('error', () => undefined);
    lines.on('line', (line) => {
      const [word, first = '', second = '', third = ''] = line.split(' ');
      if (word === 'hello') [election, writer] = [first, second];
      else if (word === 'write') {
        const kept = write(election, writer, Number(second), Number(third));
        mine.set(first, kept);
        socket.write(`${first} ${kept.order === null ? 'refused' : 'accepted'}\n`);
      } else {
        const heard = mine.get(first);
        if (heard !== undefined) heard.endedAtMs = Number(second);
        mine.delete(first);
      }
    });
  }

  return {
    listen: async (path) => {
      const server = createServer(serve);
      servers.push(server);
      await new Promise<void>((listening) => server.listen(path, listening));
    },
    history: () => writes,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
    },
  };
}
