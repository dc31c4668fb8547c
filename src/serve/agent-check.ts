/** The listener for HAProxy's agent-check: a connection gets one line, from memory, and is ended. Nothing that comes in is looked at. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createConnections } from './connections.ts';
import { parseAddress } from './http.ts';
import { bind } from './listener.ts';
import { agentLine } from './traffic.ts';
import type { ServeSource } from './view.ts';

export interface AgentCheck {
  /** Begins to listen on `HOST:PORT`; resolves with the port. Rejects with one clear sentence. */
  listen(address: string): Promise<number>;
  /** Ends connections, at once. */
  close(): Promise<void>;
}

export interface AgentCheckLimits {
  readonly maxConnections: number;
  /** A connection that its other side does not end is ended after this long. */
  readonly patienceMs: number;
}

const usualLimits: AgentCheckLimits = { maxConnections: 256, patienceMs: 5_000 };

export function createAgentCheck(
  source: Pick<ServeSource, 'view'>,
  { maxConnections, patienceMs }: AgentCheckLimits = usualLimits,
): AgentCheck {
  const connections = createConnections(maxConnections);

  function answer(socket: Socket): void {
    // A connection that breaks is of no interest to anybody; `close` follows.
    socket.on('error', () => socket.destroy());
    if (!connections.admit(socket)) return;
    const timer = setTimeout(() => socket.destroy(), patienceMs);
    socket.once('close', () => clearTimeout(timer));
    // What agent-send sends is read and dropped: left unread it would turn our end into a reset, and the line be lost.
    socket.resume();
    socket.end(agentLine(source.view()));
  }

  const server = createServer({ noDelay: true }, answer);
  return {
    listen: async (address) => {
      const { host, port } = parseAddress(address);
      await bind(server, { host, port, backlog: 1_024 }, address);
      return (server.address() as AddressInfo).port;
    },
    close: async () => {
      connections.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
