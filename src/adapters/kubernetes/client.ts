/**
 * A small client of the Kubernetes API over node:http and node:https: get, create, replace and watch of any resource, by JSON. Files of the access are
 * read anew every 10 s and after a 401, so that rotated tokens and certificates are used. Nothing here throws, retries or decides: each request gives
 * one answer within its deadline. Redirects are not followed: a token must not go elsewhere.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type Access, AccessError, type AccessSource } from './access.ts';
import { type Answer, type Failure, failure, failureOfError, parseAnswer } from './answer.ts';
import { readAccess } from './read-access.ts';
import { readWatch, type WatchEvent } from './watch.ts';

export interface KubernetesClient {
  get(path: string, timeoutMs: number): Promise<Answer>;
  create(path: string, object: object, timeoutMs: number): Promise<Answer>;
  replace(path: string, object: object, timeoutMs: number): Promise<Answer>;
  /**
   * Opens one watch and tells its events until the server, the network or `signal` ends it; resolves with why, null for an
   * ordinary end. `path` has the query: resourceVersion, fieldSelector, allowWatchBookmarks.
   */
  watch(path: string, told: (event: WatchEvent) => void, signal: AbortSignal): Promise<Failure | null>;
  /** The namespace of the context or the service account; null when there is none, or it cannot be read. */
  namespace(): Promise<string | null>;
  /** Bytes that were sent and received as bodies, and how many requests there were. */
  traffic(): Traffic;
  close(): void;
}

export interface Traffic {
  readonly requests: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

const freshMs = 10_000;
/** A list of all pods of a large node is about 1 MiB. */
const mostBytes = 16 * 1024 * 1024;

interface Line {
  readonly access: Access;
  readonly agent: HttpAgent | HttpsAgent;
  /** A watch holds its connection for long: it must not wait for one of the pool's, nor the others for it. */
  readonly watchAgent: HttpAgent | HttpsAgent;
  readonly readAtMs: number;
}

export interface KubernetesParts {
  readonly source: AccessSource;
  readonly nowMs: () => number;
  readonly env?: NodeJS.ProcessEnv;
}

interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body: string | null;
  readonly signal: AbortSignal;
}

/** Whether a connection made for one is as good for the other. */
function isSame(a: Access, b: Access): boolean {
  const parts = ({ server, serverName = '', insecure, ca, cert, key }: Access): string =>
    JSON.stringify([server.href, serverName, insecure, ...[ca, cert, key].map((one) => one?.toString('base64') ?? '')]);
  return parts(a) === parts(b);
}

/** Few sockets: a slow server is not helped by more of them. */
const asking = { keepAlive: true, maxSockets: 16, scheduling: 'lifo' } as const;
const watching = { keepAlive: false } as const;

function createAgent(access: Access, pool: typeof asking | typeof watching): HttpAgent | HttpsAgent {
  const { server, serverName, ca, cert, key, insecure } = access;
  if (server.protocol === 'http:') return new HttpAgent(pool);
  return new HttpsAgent({
    ...pool,
    rejectUnauthorized: !insecure,
    ...(serverName !== undefined && { servername: serverName }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  });
}

function send(
  { access, agent }: Pick<Line, 'access' | 'agent'>,
  { method, path, body, signal }: Ask,
): Promise<IncomingMessage> {
  const { server, authorization } = access;
  const base = server.pathname === '/' ? '' : server.pathname.replace(/\/$/, '');
  const headers = {
    accept: 'application/json',
    'user-agent': 'nodemend',
    ...(authorization !== undefined && { authorization }),
    ...(body !== null && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const begin = server.protocol === 'http:' ? httpRequest : httpsRequest;
    const request = begin(new URL(base + path, server), { agent, method, headers, signal }, resolve);
    // Stays for what comes after the reply's head too; the body's reader is told of that by the message itself.
    request.on('error', reject);
    request.end(body ?? undefined);
  });
}

async function readText(message: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > mostBytes) return null;
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function createKubernetesClient({ source, nowMs, env = process.env }: KubernetesParts): KubernetesClient {
  const closing = new AbortController();
  let line: Line | null = null;
  let reading: Promise<Line> | null = null;
  let traffic: Traffic = { requests: 0, sentBytes: 0, receivedBytes: 0 };

  async function readLine(): Promise<Line> {
    const access = await readAccess(source, env);
    const known = line;
    // What is under way on the old agents' connections ends in its own time.
    const agents =
      known !== null && isSame(known.access, access)
        ? { agent: known.agent, watchAgent: known.watchAgent }
        : { agent: createAgent(access, asking), watchAgent: createAgent(access, watching) };
    line = { access, ...agents, readAtMs: nowMs() };
    return line;
  }

  async function currentLine(): Promise<Line> {
    if (line !== null && nowMs() - line.readAtMs < freshMs) return line;
    reading ??= readLine().finally(() => {
      reading = null;
    });
    return reading;
  }

  async function exchange(ask: Ask): Promise<Answer> {
    const message = await send(await currentLine(), ask);
    const text = await readText(message);
    traffic = {
      requests: traffic.requests + 1,
      sentBytes: traffic.sentBytes + Buffer.byteLength(ask.body ?? ''),
      receivedBytes: traffic.receivedBytes + Buffer.byteLength(text ?? ''),
    };
    if (text === null) return failure('bad-reply', `the reply is larger than ${mostBytes} bytes`);
    // The token may just have been rotated: the next request reads it anew.
    if (message.statusCode === 401) line = line === null ? null : { ...line, readAtMs: Number.NEGATIVE_INFINITY };
    return parseAnswer(message.statusCode ?? 0, text);
  }

  async function within(timeoutMs: number, ask: Omit<Ask, 'signal'>): Promise<Answer> {
    const deadline = AbortSignal.timeout(Math.ceil(timeoutMs));
    const signal = AbortSignal.any([deadline, closing.signal]);
    const { promise: late, resolve } = Promise.withResolvers<Answer>();
    // Reading the access may hang with a disk, and a name that is looked up cannot be given up: nobody waits for either.
    signal.addEventListener('abort', () => resolve(failure('timeout', `no answer within ${Math.ceil(timeoutMs)} ms`)));
    const answered = exchange({ ...ask, signal }).catch((error: unknown): Answer => {
      if (error instanceof AccessError) return failure('access', error.message);
      return signal.aborted ? failure('timeout', `no answer within ${Math.ceil(timeoutMs)} ms`) : failureOfError(error);
    });
    return Promise.race([answered, late]);
  }

  async function openWatch(path: string, told: (event: WatchEvent) => void, signal: AbortSignal) {
    const { access, watchAgent } = await currentLine();
    const message = await send({ access, agent: watchAgent }, { method: 'GET', path, body: null, signal });
    if (message.statusCode === 200) return readWatch(message, told);
    const answer = parseAnswer(message.statusCode ?? 0, (await readText(message)) ?? '');
    return answer.ok ? null : answer;
  }

  return {
    get: (path, timeoutMs) => within(timeoutMs, { method: 'GET', path, body: null }),
    create: (path, object, timeoutMs) => within(timeoutMs, { method: 'POST', path, body: JSON.stringify(object) }),
    replace: (path, object, timeoutMs) => within(timeoutMs, { method: 'PUT', path, body: JSON.stringify(object) }),
    watch: async (path, told, signal) => {
      try {
        const either = AbortSignal.any([signal, closing.signal]);
        return await openWatch(`${path}${path.includes('?') ? '&' : '?'}watch=true`, told, either);
      } catch (error) {
        if (signal.aborted || closing.signal.aborted) return null;
        return error instanceof AccessError ? failure('access', error.message) : failureOfError(error);
      }
    },
    namespace: async () => {
      const current = await currentLine().catch(() => null);
      return current?.access.namespace ?? null;
    },
    traffic: () => traffic,
    close: () => {
      closing.abort();
      line?.agent.destroy();
      line?.watchAgent.destroy();
    },
  };
}
