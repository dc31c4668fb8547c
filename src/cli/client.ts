/**
 * Talks to the daemon over its control socket. Every request has a deadline and a bound; what goes wrong comes back as one
 * clear sentence that names the socket and says what to do.
 */
import { type IncomingMessage, request } from 'node:http';

export type Reply =
  | { readonly reached: true; readonly status: number; readonly text: string }
  | { readonly reached: false; readonly message: string };

export interface Client {
  get(path: string): Promise<Reply>;
  post(path: string, body: unknown): Promise<Reply>;
  /** Calls `onEvent` for each transition until the daemon or the signal ends the stream; resolves then. */
  follow(onEvent: () => void, signal: AbortSignal): Promise<void>;
}

const defaultTimeoutMs = 10_000;
const maxBytes = 16 * 1_024 * 1_024;

/** A client of the daemon at `socketPath`; the signal, if any, ends what is under way. */
export function createClient(
  socketPath: string,
  { timeoutMs = defaultTimeoutMs, signal: ending }: { timeoutMs?: number; signal?: AbortSignal | undefined } = {},
): Client {
  async function exchange(method: string, path: string, body: string | null): Promise<Reply> {
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = ending === undefined ? deadline : AbortSignal.any([deadline, ending]);
    try {
      const headers =
        body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const response = await open({ socketPath, method, path, headers, signal }, body);
      const text = await readText(response);
      return { reached: true, status: response.statusCode ?? 0, text };
    } catch (error) {
      return { reached: false, message: explain(socketPath, deadline.aborted ? 'TIMEOUT' : codeOf(error), timeoutMs) };
    }
  }

  return {
    get: (path) => exchange('GET', path, null),
    post: (path, body) => exchange('POST', path, JSON.stringify(body)),
    follow: async (onEvent, signal) => {
      try {
        const response = await open({ socketPath, method: 'GET', path: '/api/v1/events', headers: {}, signal }, null);
        for await (const chunk of response.setEncoding('utf8')) {
          if (String(chunk).includes('event: transition')) onEvent();
        }
      } catch {
        // The stream only makes a watch quicker: without it the watch goes by the clock.
      }
    },
  };
}

interface Asked {
  readonly socketPath: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string | number>;
  readonly signal: AbortSignal;
}

function open(asked: Asked, body: string | null): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = request({ ...asked, agent: false }, resolve);
  sent.once('error', reject);
  sent.end(body ?? undefined);
  return promise;
}

async function readText(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk;
    if (text.length > maxBytes) throw Object.assign(new Error('too large'), { code: 'TOO_LARGE' });
  }
  return text;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
}

function explain(socketPath: string, code: string, timeoutMs: number): string {
  const what: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such socket: is the daemon running? see systemctl status nodemend',
    ECONNREFUSED: 'nobody listens there: is the daemon running? see systemctl status nodemend',
    EACCES: 'permission denied: use sudo, or become a member of the group nodemend',
    EPERM: 'permission denied: use sudo, or become a member of the group nodemend',
    TIMEOUT: `no answer within ${timeoutMs / 1_000} s: see systemctl status nodemend`,
  };
  return `cannot reach the daemon on ${socketPath}: ${what[code] ?? `${code}: see systemctl status nodemend`}`;
}
