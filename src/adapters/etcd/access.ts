/** The way to members: endpoints, TLS files (read anew each time, so that renewed ones are used at once), one connection per endpoint. */
import type { Trouble } from '../../core/etcd/view.ts';
import type { Keys } from '../grpc/library.ts';
import { type ConnectRemote, isRemoteError, loadRemotes, type Remote } from '../grpc/remote.ts';
import { readCredential } from '../http/credentials.ts';
import type { LookContext } from '../probe/look.ts';

export interface Access {
  /** URLs, at least one. */
  readonly endpoints: readonly string[];
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

export type AccessFiles = Omit<Access, 'endpoints'>;

/** Rejects with a sentence that names the file. */
export async function readKeys(
  { ca, cert, key }: AccessFiles,
  signal: AbortSignal,
  tell: LookContext['tell'] = () => undefined,
): Promise<Keys> {
  const context = { signal, tell };
  return {
    ca: await readCredential('CA file', ca, context),
    cert: await readCredential('certificate', cert, context),
    key: await readCredential('key', key, context),
  };
}

const tlsWords = /certificate|TLS|SSL|handshake|altnames|\bkey\b|CA file|PEM|BIO_|secure context/i;
const denied = new Set([7, 16]);

/** What an error on the way to a member means. */
export function troubleOf(error: unknown, timeoutMs: number): Trouble {
  if (error instanceof Error && error.name === 'TimeoutError')
    return { reason: 'etcd.unreachable', detail: `no answer within ${timeoutMs / 1_000} s` };
  const detail = error instanceof Error ? error.message : String(error);
  if (isRemoteError(error) && denied.has(error.status)) return { reason: 'etcd.denied', detail };
  return { reason: tlsWords.test(detail) ? 'etcd.tls' : 'etcd.unreachable', detail };
}

/** Opens a connection to a member, works with it and closes it. Rejects when a TLS file cannot be read or is of no use, and as the work does. */
export type Reach = <Result>(
  endpoint: string,
  files: AccessFiles,
  timeoutMs: number,
  work: (remote: Remote, signal: AbortSignal) => Promise<Result>,
) => Promise<Result>;

/** A connection, for its maker to close. Rejects when a TLS file cannot be read or is of no use. */
export type OpenRemote = (
  endpoint: string,
  files: AccessFiles,
  signal: AbortSignal,
  tell?: LookContext['tell'],
) => Promise<Remote>;

/** Loads the gRPC libraries when it is first used. */
export function createOpenRemote(): OpenRemote {
  let loading: Promise<ConnectRemote> | null = null;
  return async (endpoint, files, signal, tell) => {
    loading ??= loadRemotes();
    const connect = await loading;
    const { protocol, host } = new URL(endpoint);
    return connect(host, protocol === 'https:' ? await readKeys(files, signal, tell) : null);
  };
}

export function createReach(): Reach {
  const open = createOpenRemote();
  return async (endpoint, files, timeoutMs, work) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const remote = await open(endpoint, files, signal);
    try {
      return await work(remote, signal);
    } finally {
      remote.close();
    }
  };
}
