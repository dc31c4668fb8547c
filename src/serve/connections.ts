/**
 * Bounds the connections of one server. When there are too many, the one that has been idle longest goes, so that a crowd of
 * idle connections can neither keep a load balancer out nor cost memory; connections with a reply under way stay.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface Connections {
  /** A request came on this connection: it is the youngest now. */
  touch(socket: Socket): void;
  /** A reply that takes its time is under way until the returned function is called. */
  hold(socket: Socket): () => void;
  count(): number;
  closeAll(): void;
}

/** Follows `server`'s connections and keeps at most `max` of them. */
export function createConnections(server: Server, max: number): Connections {
  // In the order of their last request: a Set iterates in the order of insertion.
  const idle = new Set<Socket>();
  const busy = new Set<Socket>();

  function forget(socket: Socket): void {
    idle.delete(socket);
    busy.delete(socket);
  }

  server.on('connection', (socket) => {
    const eldest = idle.size + busy.size < max ? undefined : idle.values().next().value;
    if (idle.size + busy.size >= max && eldest === undefined) {
      socket.destroy();
      return;
    }
    if (eldest !== undefined) {
      forget(eldest);
      eldest.destroy();
    }
    idle.add(socket);
    socket.once('close', () => forget(socket));
  });

  return {
    touch: (socket) => {
      if (idle.delete(socket)) idle.add(socket);
    },
    hold: (socket) => {
      if (idle.delete(socket)) busy.add(socket);
      return () => {
        if (busy.delete(socket) && !socket.destroyed) idle.add(socket);
      };
    },
    count: () => idle.size + busy.size,
    closeAll: () => {
      for (const socket of [...idle, ...busy]) socket.destroy();
    },
  };
}
