/**
 * Calls and streams to a peer over TCP, plain or TLS, one connection a remote, none kept: whoever opens one closes it. Every call ends with its
 * signal. INVARIANT: no deadline of the library's own is used: those go by the wall clock.
 */
import { type Keys, type Library, loadLibrary, type Wire } from './library.ts';
import type { Method } from './protos/method.ts';

export interface Remote {
  /** Rejects with a RemoteError, or with the signal's reason. */
  call<Request extends object, Reply>(
    method: Method<Request, Reply>,
    request: Request,
    signal: AbortSignal,
  ): Promise<Reply>;
  /** The messages one after another, no faster than they are taken. Throws as `call` rejects. */
  stream<Request extends object, Reply>(
    method: Method<Request, Reply>,
    request: Request,
    signal: AbortSignal,
  ): AsyncGenerator<Reply, void>;
  /** When the certificate ends that the peer showed, as it says so itself; null before the first call and without TLS. */
  certificateEnds(): string | null;
  close(): void;
}

/** The peer, or the way to it, said no. Codes: grpc.io/docs/guides/status-codes. */
export interface RemoteError extends Error {
  readonly status: number;
}

export const isRemoteError = (error: unknown): error is RemoteError => error instanceof Error && 'status' in error;

/** The library tells of a failed connection in a long sentence, the cause in the middle of it. */
const connectTold = /^No connection established\. Last error: (.*?)\.? ?(?:Resolution note: .*)?$/s;

function remoteError(status: number, details: string): RemoteError {
  const cause = (connectTold.exec(details)?.[1] ?? details).replace(/^(?:Error|null): ?/, '').trim();
  return Object.assign(new Error(cause === '' ? 'the connection was closed' : cause), { status });
}

function callOn(
  library: Library,
  { client }: Wire,
  method: Method<object, unknown>,
  request: object,
  signal: AbortSignal,
) {
  const { path, request: asked, reply } = library.definition(method.service, method.name);
  return new Promise<object>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const cancel = (): void => {
      reject(signal.reason);
      call.cancel();
    };
    const metadata = library.metadata(undefined);
    const call = client.makeUnaryRequest(path, asked.encode, reply.decode, request, metadata, {}, (error, answer) => {
      signal.removeEventListener('abort', cancel);
      if (error === null) resolve(answer ?? {});
      else reject(remoteError(error.code, error.details));
    });
    signal.addEventListener('abort', cancel, { once: true });
  });
}

async function* streamOn(
  library: Library,
  { client }: Wire,
  method: Method<object, unknown>,
  request: object,
  signal: AbortSignal,
): AsyncGenerator<object, void> {
  signal.throwIfAborted();
  const { path, request: asked, reply } = library.definition(method.service, method.name);
  const metadata = library.metadata(undefined);
  const call = client.makeServerStreamRequest(path, asked.encode, reply.decode, request, metadata, {});
  const cancel = (): void => call.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const message of call) yield message as object;
  } catch (error) {
    signal.throwIfAborted();
    const { code, details } = error as { code?: number; details?: string };
    throw remoteError(code ?? 2, details ?? String(error));
  } finally {
    signal.removeEventListener('abort', cancel);
    call.cancel();
  }
}

export type ConnectRemote = (address: string, keys: Keys | null) => Remote;

/** Rejects when a library cannot be loaded, which is a defect of the installation. */
export async function loadRemotes(): Promise<ConnectRemote> {
  const library = await loadLibrary();
  return (address, keys) => {
    let ends: string | null = null;
    const wire = library.connectTcp(address, keys, (validTo) => {
      ends = validTo;
    });
    return {
      // The shapes are the descriptors', and every field has its default.
      call: <Request extends object, Reply>(method: Method<Request, Reply>, request: Request, signal: AbortSignal) =>
        callOn(library, wire, method as Method<object, unknown>, request, signal) as Promise<Reply>,
      stream: <Request extends object, Reply>(method: Method<Request, Reply>, request: Request, signal: AbortSignal) =>
        streamOn(library, wire, method as Method<object, unknown>, request, signal) as AsyncGenerator<Reply, void>,
      certificateEnds: () => ends,
      close: () => wire.destroy(),
    };
  };
}
