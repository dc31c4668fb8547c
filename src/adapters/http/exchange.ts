/**
 * One request over a fresh connection, TCP or unix socket, plain or TLS. The reply's headers are bounded by Node (16 KiB), its body by the
 * caller. Redirects are replies like any other. Never reuses a connection: an old one says nothing of whether a new one is possible.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';

export interface Tls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly insecure: boolean;
}

export interface Get {
  readonly url: string;
  /** What is posted; without it the request is a GET. */
  readonly post?: { readonly body: string; readonly headers: Readonly<Record<string, string>> };
  /** Path of a unix socket, or null for TCP. */
  readonly socket: string | null;
  readonly tls: Tls;
  /** Value of the Authorization header. */
  readonly authorization?: string;
  /** Knows the addresses of the URL's host. */
  readonly lookup?: LookupFunction;
  /** More body than this is neither read nor waited for. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly statusText: string;
  readonly body: string;
  /** The body was longer than maxBytes; what is here is its beginning. */
  readonly cut: boolean;
}

const headers = { 'user-agent': 'nodemend', accept: '*/*', connection: 'close' };

async function readBody(message: IncomingMessage, maxBytes: number): Promise<{ body: string; cut: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop early destroys the message and its connection.
  for await (const chunk of message) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > maxBytes) break;
  }
  return { body: Buffer.concat(chunks).toString('utf8', 0, Math.min(bytes, maxBytes)), cut: bytes > maxBytes };
}

function connectionOptions({ socket, tls, lookup, signal, authorization, post }: Get) {
  const { ca, cert, key, insecure } = tls;
  return {
    agent: false as const,
    method: post === undefined ? 'GET' : 'POST',
    headers: { ...headers, ...(authorization !== undefined && { authorization }), ...post?.headers },
    signal,
    rejectUnauthorized: !insecure,
    ...(socket !== null && { socketPath: socket }),
    ...(lookup !== undefined && { lookup }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

/** Resolves when the whole reply is there. Rejects with Node's errors, or with the signal's reason. */
export async function exchange(get: Get): Promise<Reply> {
  const url = new URL(get.url);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = send(url, connectionOptions(get), resolve);
    // Stays for what comes after the reply's head too; the body's reader is told of that by the message itself.
    request.on('error', reject);
    request.end(get.post?.body);
  });
  const { body, cut } = await readBody(message, get.maxBytes);
  return { status: message.statusCode ?? 0, statusText: message.statusMessage ?? '', body, cut };
}
