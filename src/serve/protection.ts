/**
 * Who may read on `listen`, where the configuration says that not everybody may: whoever shows a client certificate that `tls.clientCa` signed, or the
 * bearer token. The health checks stay open: a load balancer has no secret, and learns nothing from them but whether to send traffic.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendText } from './listener.ts';

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string | undefined;
}

export interface Protection {
  readonly tls?: TlsFiles | undefined;
  readonly bearerTokenFile?: string | undefined;
}

/** How long a token that was read is believed: a rotated one is in force after that. */
const freshMs = 1_000;
const open = /^\/(?:livez|readyz|healthz)(?:[/?]|$)/;
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

export function protect(app: FastifyInstance, { tls, bearerTokenFile }: Protection, nowMs: () => number): void {
  if (tls?.clientCa === undefined && bearerTokenFile === undefined) return;
  const readToken = bearerTokenFile === undefined ? null : createTokenReader(bearerTokenFile, nowMs);
  app.addHook('onRequest', async (request, reply) => {
    if (open.test(request.url) || hasCertificate(request)) return;
    const token = await readToken?.();
    if (token !== undefined && token !== null && showsToken(request, token)) return;
    await refuse(reply, token);
  });
}

/** `token`: undefined where none is configured, null where its file cannot be read. */
function refuse(reply: FastifyReply, token: Buffer | null | undefined): FastifyReply {
  if (token === undefined) return sendText(reply, 403, '403 a client certificate is needed\n');
  if (token === null)
    return sendText(reply, 503, '503 the token cannot be read on this node: see its bearerTokenFile\n');
  return sendText(reply.header('www-authenticate', 'Bearer'), 401, '401 the bearer token is missing or another\n');
}

/** Only where a `clientCa` is configured is a certificate asked for and checked at all. */
function hasCertificate({ raw }: FastifyRequest): boolean {
  return (raw.socket as TLSSocket).authorized === true;
}

function showsToken({ headers }: FastifyRequest, token: Buffer): boolean {
  const [, shown] = /^Bearer +([\x21-\x7e]+) *$/i.exec(headers.authorization ?? '') ?? [];
  return shown !== undefined && timingSafeEqual(digestOf(shown), token);
}

/** The digest of the token; null while its file is missing, unreadable or empty. */
function createTokenReader(file: string, nowMs: () => number): () => Promise<Buffer | null> {
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<Buffer | null> = Promise.resolve(null);
  return () => {
    if (nowMs() - readAtMs >= freshMs) {
      readAtMs = nowMs();
      reading = readFile(file, 'utf8').then(
        (text) => (text.trim() === '' ? null : digestOf(text.trim())),
        () => null,
      );
    }
    return reading;
  };
}
