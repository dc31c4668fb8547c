/**
 * The replies that load balancers ask for all day, given before Node's HTTP parser sees the connection: to a plain GET of
 * /livez, /readyz or /healthz. Half the cost per request of the smallest node:http server.
 *
 * It recognizes one whole, ordinary request per chunk and nothing else. Whatever is different in any way (a query, a body, a
 * half request, two of them) is handed to the HTTP server with the chunk, for good: it never refuses.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Connections } from './connections.ts';
import { everyReply, plainText } from './headers.ts';
import { createVerdicts, type HealthPath, replyOf } from './health.ts';
import type { Limits } from './limits.ts';
import type { Verdict } from './verdict.ts';
import type { ServeSource } from './view.ts';

interface Request {
  /** A copy, to compare the next ones with. */
  readonly bytes: Buffer;
  readonly path: HealthPath;
}

interface Front {
  readonly reply: (path: HealthPath) => string;
  readonly connections: Connections;
  readonly limits: Limits;
  readonly handOver: (socket: Socket) => void;
}

/** Puts the front before `server`, which has to be a new one. */
export function putInFront(server: Server, source: ServeSource, connections: Connections, limits: Limits): void {
  // Node's own listener is what makes a connection an HTTP connection; with TLS that is one with the handshake behind it.
  const connected = server instanceof TlsServer ? 'secureConnection' : 'connection';
  const own = server.listeners(connected);
  server.removeAllListeners(connected);
  const front: Front = {
    reply: createReplies(source),
    connections,
    limits,
    handOver: (socket) => {
      for (const listener of own) listener.call(server, socket);
    },
  };
  server.on(connected, (socket: Socket) => {
    if (connections.admit(socket)) receive(socket, front);
  });
}

function receive(socket: Socket, front: Front): void {
  const { limits } = front;
  let known: Request | null = null;
  let isNew = true;

  function onData(chunk: Buffer): void {
    if (known === null || !known.bytes.equals(chunk)) known = recognize(chunk);
    if (known === null) {
      leave(chunk);
      return;
    }
    if (isNew) socket.setTimeout(limits.keepAliveTimeoutMs);
    isNew = false;
    front.connections.touch(socket);
    socket.write(front.reply(known.path));
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
  /^GET \/(livez|readyz|healthz) HTTP\/1\.1\r\n((?:[-!#$%&'*+.^_`|~0-9A-Za-z]+:[\t\x20-\x7e]*\r\n)+)\r\n$/;
// What would give the message a body, change the connection, or ask for more than a reply.
const unusual = /^(?:content-length|transfer-encoding|expect|upgrade|connection:(?! ?keep-alive\r))/im;

/** A chunk that is exactly one ordinary request; else null. */
export function recognize(chunk: Buffer): Request | null {
  if (chunk.length > maxBytes) return null;
  const [, path, fields] = wholeRequest.exec(chunk.toString('latin1')) ?? [];
  if (path === undefined || fields === undefined || unusual.test(fields)) return null;
  return fields.match(/^host:/gim)?.length === 1 ? { bytes: Buffer.from(chunk), path: path as HealthPath } : null;
}

const statusLines = { 200: 'HTTP/1.1 200 OK', 503: 'HTTP/1.1 503 Service Unavailable' } as const;

/** The replies as they go out; one is made anew when its verdict changes, and once a second for its Date. */
function createReplies(source: ServeSource): (path: HealthPath) => string {
  const verdictOf = createVerdicts(source);
  const last = new Map<HealthPath, { readonly verdict: Verdict; readonly second: number; readonly text: string }>();
  return (path) => {
    const verdict = verdictOf(path);
    const second = Math.floor(source.clock.wallMs() / 1_000);
    const known = last.get(path);
    if (known?.verdict === verdict && known.second === second) return known.text;
    const text = write(verdict, second);
    last.set(path, { verdict, second, text });
    return text;
  };
}

function write(verdict: Verdict, second: number): string {
  const { status, text } = replyOf(verdict);
  const fields = {
    ...everyReply,
    'Content-Type': plainText,
    'Content-Length': Buffer.byteLength(text),
    Connection: 'keep-alive',
    Date: new Date(second * 1_000).toUTCString(),
  };
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${statusLines[status]}\r\n${head.join('')}\r\n${text}`;
}
