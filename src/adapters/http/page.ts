/** One page of a server that may want to know who asks, within a deadline. Resolves always: with the reply, or with why there is none. */
import { type Finding, finding, findingOfError } from '../probe/finding.ts';
import { exchange, type Reply, type Tls } from './exchange.ts';

export interface Page {
  readonly url: string;
  readonly tls: Tls;
  /** Value of the Authorization header. */
  readonly authorization?: string;
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

export type PageAnswer = { readonly ok: true; readonly reply: Reply } | { readonly ok: false; readonly why: Finding };

export async function readPage({ timeoutMs, ...page }: Page): Promise<PageAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  const late: PageAnswer = { ok: false, why: finding('probe.timeout', `no reply within ${timeoutMs} ms`) };
  const { promise: passed, resolve } = Promise.withResolvers<PageAnswer>();
  // A name that is looked up cannot be given up: nobody waits for that.
  signal.addEventListener('abort', () => resolve(late));
  const read = exchange({ ...page, socket: null, signal }).then(
    (reply): PageAnswer => ({ ok: true, reply }),
    (error: unknown): PageAnswer => (signal.aborted ? late : { ok: false, why: findingOfError(error) }),
  );
  return Promise.race([read, passed]);
}
