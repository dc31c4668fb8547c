/**
 * The answer of the classic leader-elector sidecar, on a port of its own: `{"name":"HOLDER"}` on any path, with `last_update` as its successors give it,
 * and the same as events on /sse. Unlike the old one it answers 503 when it does not know.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createConnections } from './connections.ts';
import { json } from './headers.ts';
import { parseAddress } from './http.ts';
import type { Limits } from './limits.ts';
import { bind, createBounded } from './listener.ts';
import type { ElectionView, ServeSource } from './view.ts';

export interface Sidecar {
  /** Rejects with one clear sentence. */
  listen(): Promise<void>;
  close(): Promise<void>;
}

interface Body {
  readonly status: 200 | 503;
  readonly text: string;
}

function bodyOf(election: ElectionView | undefined): Body {
  if (election === undefined) return { status: 503, text: '{"name":"","reason":"election.unseen"}' };
  const { leader: name, heardWallMs, stale } = election;
  const last = heardWallMs === null ? {} : { last_update: new Date(heardWallMs).toISOString() };
  return stale === null
    ? { status: 200, text: JSON.stringify({ name, ...last }) }
    : { status: 503, text: JSON.stringify({ name, ...last, reason: stale }) };
}

const eventOf = ({ text }: Body): string => `data: ${text}\n\n`;
const nameIn = ({ text, status }: Body): string => `${status} ${(JSON.parse(text) as { name: string }).name}`;

export function createSidecar(source: ServeSource, name: string, address: string, limits: Limits): Sidecar {
  const streams = new Map<ServerResponse, string>();
  const body = (): Body => bodyOf(source.view().elections.find((one) => one.name === name));

  function tell(): void {
    const now = body();
    for (const [response, told] of streams) {
      if (told === nameIn(now)) continue;
      streams.set(response, nameIn(now));
      response.write(eventOf(now));
      if (response.writableLength > limits.maxStreamBufferBytes) response.destroy();
    }
  }

  function stream(response: ServerResponse): void {
    if (streams.size >= limits.maxStreams) return void response.writeHead(503).end();
    const now = body();
    streams.set(response, nameIn(now));
    response.once('close', () => streams.delete(response));
    // A write to a stream that its reader has just left; `close` follows.
    response.on('error', () => streams.delete(response));
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(eventOf(now));
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    response.once('close', connections.hold(request.socket));
    if ((request.url ?? '').split('?', 1)[0] === '/sse') {
      stream(response);
      return;
    }
    const { status, text } = body();
    response.writeHead(status, { 'content-type': json, 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? '' : text);
  }

  const connections = createConnections(limits.maxConnections);
  const server: Server = createBounded(limits, null);
  server.on('connection', (socket) => connections.admit(socket));
  server.on('request', answer);
  // A malformed request is of no interest to anybody.
  server.on('clientError', (_error, socket) => socket.destroy());
  const unsubscribe = source.subscribe(({ transition }) => {
    if ('election' in transition && transition.election === name) tell();
  });
  return {
    listen: async () => {
      const { host, port } = parseAddress(address);
      await bind(server, { host, port }, address);
    },
    close: async () => {
      unsubscribe();
      connections.close();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}
