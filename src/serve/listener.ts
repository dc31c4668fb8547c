/**
 * One bounded HTTP server with fastify behind it: timeouts, sizes, methods, malformed requests and closing. It knows no
 * paths; those are registered on `app`. It never logs a request and never waits for a slow client.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { ListenOptions, Server as NetServer, Socket } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Connections, createConnections } from './connections.ts';
import { putInFront } from './front.ts';
import { everyReply, plainText } from './headers.ts';
import type { Limits } from './limits.ts';
import type { ServeSource } from './view.ts';

export interface Listener {
  readonly app: FastifyInstance;
  readonly server: Server;
  readonly connections: Connections;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

const reading = new Set(['GET', 'HEAD']);

export interface ListenerKind {
  /** The only paths that may be posted to. */
  readonly postPaths: ReadonlySet<string>;
  /** Speaks TLS, once it has been given a certificate; asks clients for theirs, and leaves it to others what becomes of those without. */
  readonly tls: { readonly asksForCertificate: boolean } | null;
}

/** A server that is not listening yet. */
export function createListener(source: ServeSource, limits: Limits, { postPaths, tls }: ListenerKind): Listener {
  // Filled by the factory, which fastify calls at once.
  const made: { server?: Server; connections?: Connections } = {};
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: limits.maxBodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    routerOptions: { maxParamLength: 128 },
    schemaController: { compilersFactory: { buildValidator: refuseSchemas, buildSerializer: refuseSchemas } },
    clientErrorHandler: refuseMalformed,
    frameworkErrors: (error, _request, reply) =>
      sendText(reply as FastifyReply, 400, `bad request: ${error.message}\n`),
    serverFactory: (handler) => {
      const server = createBounded(limits, tls);
      const connections = createConnections(limits.maxConnections);
      putInFront(server, source, connections, limits);
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        response.once('close', connections.hold(request.socket));
        handler(request, response);
      });
      made.server = server;
      made.connections = connections;
      return server;
    },
  });
  app.addHook('onRequest', async (request, reply) => refuseUnreadable(request, reply, postPaths));
  app.setNotFoundHandler((_request, reply) => sendText(reply, 404, '404 page not found\n'));
  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
    const status = error.statusCode !== undefined && error.statusCode < 500 ? error.statusCode : 500;
    sendText(reply, status, `${status < 500 ? 'bad request' : 'internal error'}: ${error.message}\n`);
  });
  const { server, connections } = made;
  if (server === undefined || connections === undefined) throw new Error('fastify made no server');
  return {
    app,
    server,
    connections,
    close: async () => {
      connections.close();
      // fastify closes only a server that it made to listen itself.
      await new Promise((resolve) => server.close(resolve));
      await app.close();
    },
  };
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  const known: Readonly<Record<string, string>> = {
    EADDRINUSE: 'it is taken; stop who has it, or choose another',
    EADDRNOTAVAIL: 'it is no address of this machine',
    // Node says so of a folder that does not exist, too.
    EACCES: 'it cannot be made; is this root, and is there such a folder?',
  };
  return known[code ?? ''] ?? code ?? message;
}

/** No route has a schema. Without a compiler of ours fastify loads ajv at every start: 3 MiB and a tenth of a second. */
function refuseSchemas(): never {
  throw new Error('routes have no schemas here');
}

/** Listens; rejects with one clear sentence that names `shown`. The bind itself is done when this returns its promise. */
export async function bind(server: NetServer, where: ListenOptions, shown: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (cause: NodeJS.ErrnoException) =>
    reject(new Error(`cannot listen on ${shown}: ${whyNot(cause)}`, { cause }));
  server.once('error', fail);
  server.listen(where, resolve);
  await promise;
  server.off('error', fail);
}

/** A plain text reply with the headers that every reply has. */
export function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).headers(everyReply).type(plainText).send(text);
}

export function createBounded(limits: Limits, tls: ListenerKind['tls']): Server {
  const options = {
    requestTimeout: limits.requestTimeoutMs,
    headersTimeout: limits.headersTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.checkingIntervalMs,
    maxHeaderSize: limits.maxHeaderBytes,
    noDelay: true,
  };
  const server: Server =
    tls === null
      ? createServer(options)
      : createTlsServer({
          ...options,
          handshakeTimeout: limits.headersTimeoutMs,
          requestCert: tls.asksForCertificate,
          rejectUnauthorized: false,
        });
  server.timeout = limits.connectionTimeoutMs;
  server.maxRequestsPerSocket = limits.maxRequestsPerSocket;
  // A backstop only: `connections` keeps the number lower, but a connection that it ended counts until it is closed.
  server.maxConnections = limits.maxConnections * 2;
  return server;
}

/** Only what can be read without a body passes, and posts where a post is expected. */
async function refuseUnreadable(
  request: FastifyRequest,
  reply: FastifyReply,
  postPaths: ReadonlySet<string>,
): Promise<void> {
  const path = request.url.split('?', 1)[0] ?? '';
  const { rawHeaders } = request.raw;
  if (rawHeaders.filter((field, index) => index % 2 === 0 && field.toLowerCase() === 'host').length > 1) {
    // Node takes the first of them; RFC 9112 section 3.2 wants a refusal, for a proxy before us may have taken the other.
    await sendText(reply.header('connection', 'close'), 400, '400 more than one Host\n');
    return;
  }
  if (request.method === 'POST' && postPaths.has(path)) return;
  if (!reading.has(request.method)) {
    const allow = postPaths.has(path) ? 'POST' : 'GET, HEAD';
    await sendText(reply.headers({ allow, connection: 'close' }), 405, `405 method not allowed: use ${allow}\n`);
    return;
  }
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
  if (length === '0' && encoding === undefined) return;
  await sendText(reply.header('connection', 'close'), 413, '413 a body is not accepted here\n');
}

const malformed: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** A request that never became one: one line back where the client still listens, then the connection ends. */
function refuseMalformed(error: Error & { code?: string }, socket: Socket): void {
  if (socket.writable) {
    const status = malformed[error.code ?? ''] ?? '400 Bad Request';
    socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }
  socket.destroySoon();
}
