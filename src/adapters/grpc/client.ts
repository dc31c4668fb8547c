/**
 * Unary calls over unix sockets: the only home of @grpc. The libraries (18 MiB) are loaded at the first call, so a node without a CRI or
 * containerd probe never pays for them. A connection that has answered is kept, which saves 2 of 4 ms of processor time a look; one that
 * failed is thrown away, so that no reconnect back-off of the library's stands between us and a server that is back.
 * INVARIANT: no deadline of the library's own is used: its deadlines go by the wall clock, ours by the caller's signal.
 */
import type { Client, MethodDefinition } from '@grpc/grpc-js';
import { type Finding, failWith } from '../probe/finding.ts';
import { containerdDescriptors } from './protos/containerd.ts';
import type { Descriptor, Method } from './protos/method.ts';
import { runtimeDescriptor } from './protos/runtime.ts';
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

type Definition = MethodDefinition<object, object>;

interface Library {
  connect(socket: string): Client;
  definition(service: string, name: string): Definition;
  metadata(namespace: string | undefined): import('@grpc/grpc-js').Metadata;
}

const unavailable = 14;

const channelOptions = {
  // The pool is global otherwise, and would hand the back-off of a failed connection on to its successor.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
  'grpc.enable_channelz': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.max_receive_message_length': 4 * 1024 * 1024,
} as const;

/** Packages share the outer parts of their names. */
function merge(into: Descriptor, from: Descriptor): Descriptor {
  const nested: Record<string, Descriptor['nested'][string]> = { ...into.nested };
  for (const [name, part] of Object.entries(from.nested)) {
    const there = nested[name];
    nested[name] = there !== undefined && 'nested' in there && 'nested' in part ? merge(there, part) : part;
  }
  return { nested };
}

async function loadLibrary(): Promise<Library> {
  const [grpc, loader] = await Promise.all([import('@grpc/grpc-js'), import('@grpc/proto-loader')]);
  const root = [...containerdDescriptors, runtimeDescriptor].reduce(merge);
  const definitions = loader.fromJSON(root as Parameters<typeof loader.fromJSON>[0], {
    defaults: true,
    arrays: true,
    enums: String,
    longs: Number,
  });
  return {
    connect: (socket) => new grpc.Client(`unix:${socket}`, grpc.credentials.createInsecure(), channelOptions),
    definition: (service, name) => {
      const found = (definitions[service] as Readonly<Record<string, Definition>> | undefined)?.[name];
      if (found === undefined) throw failWith('probe.failed', `no descriptor for ${service}/${name}`);
      return found;
    },
    metadata: (namespace) => {
      const metadata = new grpc.Metadata();
      if (namespace !== undefined) metadata.set('containerd-namespace', namespace);
      return metadata;
    },
  };
}

function callOnce(
  library: Library,
  client: Client,
  definition: Definition,
  request: object,
  { signal, namespace }: CallOptions,
): Promise<Outcome<object>> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const call = client.makeUnaryRequest(
      definition.path,
      definition.requestSerialize,
      definition.responseDeserialize,
      request,
      library.metadata(namespace),
      {},
      (error, reply) => {
        signal.removeEventListener('abort', cancel);
        if (signal.aborted) reject(signal.reason);
        else if (error !== null)
          resolve({ ok: false, code: error.code, finding: findingOfStatus(error.code, error.details) });
        else resolve({ ok: true, reply: reply ?? {} });
      },
    );
    const cancel = (): void => call.cancel();
    signal.addEventListener('abort', cancel, { once: true });
  });
}

export function createGrpcClients(): GrpcClients {
  let library: Promise<Library> | null = null;
  const kept = new Map<string, Client>();

  function drop(socket: string, client: Client): void {
    if (kept.get(socket) === client) kept.delete(socket);
    client.close();
  }

  /** Keeps what has answered, one connection a socket. */
  function keep(socket: string, client: Client): void {
    const other = kept.get(socket);
    if (other === undefined) kept.set(socket, client);
    else if (other !== client) client.close();
  }

  async function attempt(
    loaded: Library,
    socket: string,
    client: Client,
    definition: Definition,
    request: object,
    options: CallOptions,
  ): Promise<Outcome<object>> {
    try {
      const outcome = await callOnce(loaded, client, definition, request, options);
      if (!outcome.ok && outcome.code === unavailable) drop(socket, client);
      else keep(socket, client);
      return outcome;
    } catch (error) {
      drop(socket, client);
      throw error;
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
      const definition = loaded.definition(method.service, method.name);
      const old = kept.get(socket);
      const first = await attempt(loaded, socket, old ?? loaded.connect(socket), definition, request, options);
      // An old connection dies with the server it was made to; only a new one tells whether there is a server now.
      const again = old !== undefined && !first.ok && first.code === unavailable;
      const outcome = again
        ? await attempt(loaded, socket, loaded.connect(socket), definition, request, options)
        : first;
      // The shapes are the descriptors', and every field has its default.
      return outcome as Outcome<Reply>;
    },
    close: () => {
      for (const client of kept.values()) client.close();
      kept.clear();
    },
  };
}
