/** The way to members: endpoints, TLS files (read anew each time, so that renewed ones are used at once), one connection per endpoint. */
import type { Trouble } from '../../core/etcd/view.ts';
import type { Keys } from '../grpc/library.ts';
import { type ConnectRemote, isRemoteError, loadRemotes, type Remote } from '../grpc/remote.ts';
import { readCredential } from '../http/credentials.ts';

export interface Access {
  /** URLs, at least one. */
  readonly endpoints: readonly string[];
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

export type AccessFiles = Omit<Access, 'endpoints'>;

const silentTell = (): void => undefined;

/** Rejects with a sentence that names the file. */
export async function readKeys({ ca, cert, key }: AccessFiles, signal: AbortSignal): Promise<Keys> {
  const context = { signal, tell: silentTell };
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

/** Loads the gRPC libraries when it is first used. */
export function createReach(): Reach {
  let loading: Promise<ConnectRemote> | null = null;
  return async (endpoint, files, timeoutMs, work) => {
    loading ??= loadRemotes();
    const connect = await loading;
    const signal = AbortSignal.timeout(timeoutMs);
    const { protocol, host } = new URL(endpoint);
    const remote = connect(host, protocol === 'https:' ? await readKeys(files, signal) : null);
    try {
      return await work(remote, signal);
    } finally {
      remote.close();
    }
  };
}
