/**
 * Unary calls over unix sockets, one connection a socket. A connection that answers is kept, which saves 2 of 4 ms of processor time a
 * look, but not for long: a server that can take no new connection, without files to open, still serves the old ones. One that failed is retired at
 * once, so that no reconnect back-off of the library's stands between us and a server that is back.
 * INVARIANT: no deadline of the library's own is used: those go by the wall clock, ours by the caller's signal.
 */
import type { Finding } from '../probe/finding.ts';
import { type Library, loadLibrary, type Wire } from './library.ts';
import type { Definition } from './messages.ts';
import type { Method } from './protos/method.ts';
import { readSocketFile } from './socket-file.ts';
import { findingOfStatus } from './status.ts';

export interface CallOptions {
  readonly signal: AbortSignal;
  /** containerd's namespace, sent as a header. */
  readonly namespace?: string;
}

export type Outcome<Reply> =
  | { readonly ok: true; readonly reply: Reply }
  | { readonly ok: false; readonly code: number; readonly finding: Finding };

export interface GrpcClients {
  /** Rejects only when the signal fires before an answer came. */
  call<Request extends object, Reply>(
    socket: string,
    method: Method<Request, Reply>,
    request: Request,
    options: CallOptions,
  ): Promise<Outcome<Reply>>;
  close(): void;
}

interface Connection {
  readonly wire: Wire;
  /** The file it was made through. */
  readonly file: Promise<string | null>;
  /** Calls under way; a retired connection is destroyed when the last has ended. */
  users: number;
  /** It has answered so often. Once it has, a failure may be of the connection and not of the server. */
  answers: number;
}

interface Ask {
  readonly definition: Definition;
  readonly request: object;
  readonly options: CallOptions;
}

const unavailable = 14;
/** At a look every 5 s a connection is half a minute old then. */
const mostAnswers = 6;

function callOnce(library: Library, { client }: Wire, ask: Ask): Promise<Outcome<object>> {
  const { definition, request, options } = ask;
  const { signal, namespace } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const call = client.makeUnaryRequest(
      definition.path,
      definition.request.encode,
      definition.reply.decode,
      request,
      library.metadata(namespace),
      {},
      (error, reply) => {
        signal.removeEventListener('abort', cancel);
        if (error === null) return resolve({ ok: true, reply: reply ?? {} });
        resolve({ ok: false, code: error.code, finding: findingOfStatus(error.code, error.details) });
      },
    );
    // At once: what the library still has to say comes some turns later, and nobody waits for that.
    const cancel = (): void => {
      reject(signal.reason);
      call.cancel();
    };
    signal.addEventListener('abort', cancel, { once: true });
  });
}

export function createGrpcClients(): GrpcClients {
  let library: Promise<Library> | null = null;
  const kept = new Map<string, Connection>();

  function connect(loaded: Library, socket: string): Connection {
    const connection = {
      wire: loaded.connect(socket),
      file: readSocketFile(socket),
      users: 0,
      answers: 0,
    };
    kept.set(socket, connection);
    return connection;
  }

  /** The caller is counted as a user of what it gets. */
  async function connectionTo(loaded: Library, socket: string): Promise<Connection> {
    const known = kept.get(socket);
    if (known !== undefined) {
      const [then, now] = await Promise.all([known.file, readSocketFile(socket)]);
      if (now === null || then !== now) retire(socket, known);
    }
    const connection = kept.get(socket) ?? connect(loaded, socket);
    connection.users += 1;
    return connection;
  }

  function retire(socket: string, connection: Connection): void {
    if (kept.get(socket) === connection) kept.delete(socket);
    if (connection.users === 0) connection.wire.destroy();
  }

  async function attempt(loaded: Library, socket: string, ask: Ask): Promise<Outcome<object> & { stale: boolean }> {
    const connection = await connectionTo(loaded, socket);
    const proven = connection.answers > 0;
    let answered = false;
    try {
      const outcome = await callOnce(loaded, connection.wire, ask);
      answered = outcome.ok || outcome.code !== unavailable;
      return { ...outcome, stale: proven && !answered };
    } finally {
      connection.users -= 1;
      if (answered) connection.answers += 1;
      const worn = !answered || connection.answers >= mostAnswers;
      if (worn || kept.get(socket) !== connection) retire(socket, connection);
    }
  }

  return {
    call: async <Request extends object, Reply>(
      socket: string,
      method: Method<Request, Reply>,
      request: Request,
      options: CallOptions,
    ) => {
      library ??= loadLibrary();
      const loaded = await library;
      const ask = { definition: loaded.definition(method.service, method.name), request, options };
      const first = await attempt(loaded, socket, ask);
      // An old connection dies with the server it was made to; only a new one tells whether there is a server now.
      const outcome = first.stale ? await attempt(loaded, socket, ask) : first;
      // The shapes are the descriptors', and every field has its default.
      return outcome as Outcome<Reply>;
    },
    close: () => {
      for (const { wire } of kept.values()) wire.destroy();
      kept.clear();
    },
  };
}
