/**
 * The replies that load balancers ask for all day, given before Node's HTTP parser sees the connection: a plain `ok` to a
 * GET of /livez, /readyz or /healthz. Half the cost per request of the smallest node:http server.
 *
 * It recognizes one whole, ordinary request per chunk and nothing else. Whatever is different in any way (a query, a body, a
 * half request, two of them, a bad answer) is handed to the HTTP server with the chunk, for good: it never judges or refuses.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Connections } from './connections.ts';
import { everyReply, plainText } from './headers.ts';
import type { Limits } from './limits.ts';
import type { ServeSource } from './view.ts';

export type FastPath = '/livez' | '/readyz' | '/healthz';

/** Whether the answer to the path is a plain `ok` now. */
export type IsFine = (path: FastPath) => boolean;

export function createIsFine(source: ServeSource): IsFine {
  return (path) => {
    if (path === '/livez') return source.turning();
    const view = source.view();
    return view.ready.ready && !view.stopping;
  };
}

interface Front {
  readonly isFine: IsFine;
  readonly reply: () => string;
  readonly connections: Connections;
  readonly limits: Limits;
  readonly handOver: (socket: Socket) => void;
}

/** Puts the front before `server`, which has to be a new one. */
export function putInFront(server: Server, source: ServeSource, connections: Connections, limits: Limits): void {
  // Node's own listener is what makes a connection an HTTP connection.
  const own = server.listeners('connection');
  server.removeAllListeners('connection');
  const front: Front = {
    isFine: createIsFine(source),
    reply: createReply(source),
    connections,
    limits,
    handOver: (socket) => {
      for (const listener of own) listener.call(server, socket);
    },
  };
  server.on('connection', (socket: Socket) => {
    if (connections.admit(socket)) receive(socket, front);
  });
}

function receive(socket: Socket, front: Front): void {
  const { limits } = front;
  let known: { readonly bytes: Buffer; readonly path: FastPath } | null = null;
  let answered = 0;

  function onData(chunk: Buffer): void {
    if (known === null || !known.bytes.equals(chunk)) known = recognize(chunk);
    if (known === null || answered >= limits.maxRequestsPerSocket || !front.isFine(known.path)) {
      leave(chunk);
      return;
    }
    if (answered === 0) socket.setTimeout(limits.keepAliveTimeoutMs);
    answered += 1;
    front.connections.touch(socket);
    socket.write(front.reply(), 'latin1');
    // A client that asks and does not read.
    if (socket.writableLength > limits.maxStreamBufferBytes) socket.destroy();
  }
  function leave(chunk: Buffer): void {
    socket.off('data', onData).off('end', onEnd).off('timeout', onTimeout);
    socket.setTimeout(limits.connectionTimeoutMs);
    // Paused, so that what comes next stays behind the chunk that is put back.
    socket.pause();
    front.handOver(socket);
    socket.unshift(chunk);
    socket.resume();
  }
  const onEnd = () => socket.end();
  const onTimeout = () => socket.destroy();

  // Until the first request; a connection that never sends one is not kept longer than one with slow headers.
  socket.setTimeout(limits.headersTimeoutMs);
  // A connection that breaks is of no interest to anybody; `close` follows.
  socket.on('error', () => socket.destroy());
  socket.on('data', onData).on('end', onEnd).on('timeout', onTimeout);
}

const maxBytes = 2_048;
const wholeRequest =
  /^GET (\/livez|\/readyz|\/healthz) HTTP\/1\.1\r\n((?:[-!#$%&'*+.^_`|~0-9A-Za-z]+:[\t\x20-\x7e]*\r\n)+)\r\n$/;
// What would give the message a body, change the connection, or ask for more than a reply.
const unusual = /^(?:content-length|transfer-encoding|expect|upgrade|connection:(?! ?keep-alive\r))/im;

/** The path of a chunk that is exactly one ordinary request, and a copy of it to compare the next ones with; else null. */
export function recognize(chunk: Buffer): { readonly bytes: Buffer; readonly path: FastPath } | null {
  if (chunk.length > maxBytes) return null;
  const [, path, fields] = wholeRequest.exec(chunk.toString('latin1')) ?? [];
  if (path === undefined || fields === undefined || unusual.test(fields)) return null;
  return fields.match(/^host:/gim)?.length === 1 ? { bytes: Buffer.from(chunk), path: path as FastPath } : null;
}

/** The reply as it goes out; its Date is made anew once a second. */
function createReply(source: ServeSource): () => string {
  const fields = { ...everyReply, 'Content-Type': plainText, 'Content-Length': '2', Connection: 'keep-alive' };
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  let second = -1;
  let text = '';
  return () => {
    const now = Math.floor(source.clock.wallMs() / 1_000);
    if (now !== second) {
      second = now;
      text = `HTTP/1.1 200 OK\r\n${head.join('')}Date: ${new Date(now * 1_000).toUTCString()}\r\n\r\nok`;
    }
    return text;
  };
}
