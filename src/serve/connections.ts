/**
 * Bounds the connections of one server. When there are too many, the one that has been idle longest goes, so that a crowd of
 * idle connections can neither keep a load balancer out nor cost memory; connections with a reply under way stay.
 */
import type { Socket } from 'node:net';

export interface Connections {
  /** Takes a new connection in; false when it was ended at once because all others are busy. */
  admit(socket: Socket): boolean;
  /** A request came on this connection: it is the youngest now. */
  touch(socket: Socket): void;
  /** A reply that takes its time is under way until the returned function is called. */
  hold(socket: Socket): () => void;
  count(): number;
  /** Ends all of them and lets none in any more. */
  close(): void;
}

/** Keeps at most `max` connections. */
export function createConnections(max: number): Connections {
  // In the order of their last request: a Set iterates in the order of insertion.
  const idle = new Set<Socket>();
  const busy = new Set<Socket>();
  let closed = false;

  function forget(socket: Socket): void {
    idle.delete(socket);
    busy.delete(socket);
  }

  /** Whether there is room for one more, if need be at the cost of the one that has been idle longest. */
  function makeRoom(): boolean {
    if (closed) return false;
    if (idle.size + busy.size < max) return true;
    const [eldest] = idle;
    if (eldest === undefined) return false;
    forget(eldest);
    eldest.destroy();
    return true;
  }

  return {
    admit: (socket) => {
      if (!makeRoom()) {
        socket.destroy();
        return false;
      }
      idle.add(socket);
      socket.once('close', () => forget(socket));
      return true;
    },
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
    close: () => {
      closed = true;
      for (const socket of [...idle, ...busy]) socket.destroy();
    },
  };
}
