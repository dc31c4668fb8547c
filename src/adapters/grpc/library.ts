/**
 * Loads the gRPC libraries (18 MiB, a fifth of a second) and our descriptors: called at the first call, so a node without a CRI or
 * containerd probe never pays for them.
 */
import type { Socket } from 'node:net';
import type { Client, Metadata, MethodDefinition } from '@grpc/grpc-js';
import { failWith } from '../probe/finding.ts';
import { containerdDescriptors } from './protos/containerd.ts';
import type { Descriptor } from './protos/method.ts';
import { runtimeDescriptor } from './protos/runtime.ts';

export type Definition = MethodDefinition<object, object>;

export interface Wire {
  readonly client: Client;
  /** Ends it at once: the library alone would wait for a server that may be stopped, and keep the descriptor open till then. */
  destroy(): void;
}

export interface Library {
  /** Opens nothing before the first call. */
  connect(socket: string): Wire;
  definition(service: string, name: string): Definition;
  metadata(namespace: string | undefined): Metadata;
}

const channelOptions = {
  // The pool is global otherwise, and would hand the back-off of a failed connection on to its successor.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
  'grpc.enable_channelz': 0,
  'grpc.enable_http_proxy': 0,
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

type Grpc = typeof import('@grpc/grpc-js');

/** The library's only place that shows its sockets is the one where TLS would be put upon them. */
function connectWire(grpc: Grpc, socket: string): Wire {
  const sockets = new Set<Socket>();
  let destroyed = false;
  const credentials = grpc.credentials.createInsecure();
  const create = credentials._createSecureConnector.bind(credentials);
  credentials._createSecureConnector = (...args) => {
    const connector = create(...args);
    const connect = connector.connect.bind(connector);
    connector.connect = (opened) => {
      sockets.add(opened);
      // It was given up while it was being opened; the library would leave it open.
      if (destroyed) opened.destroy();
      opened.once('close', () => sockets.delete(opened));
      return connect(opened);
    };
    return connector;
  };
  const client = new grpc.Client(`unix:${socket}`, credentials, channelOptions);
  return {
    client,
    destroy: () => {
      destroyed = true;
      client.close();
      for (const opened of sockets) opened.destroy();
    },
  };
}

/** Rejects when a library cannot be loaded, which is a defect of the installation. */
export async function loadLibrary(): Promise<Library> {
  // Both are CommonJS: in a bundle only the default export holds everything they export.
  const [{ default: grpc }, { default: loader }] = await Promise.all([
    import('@grpc/grpc-js'),
    import('@grpc/proto-loader'),
  ]);
  const root = [...containerdDescriptors, runtimeDescriptor].reduce(merge);
  const definitions = loader.fromJSON(root as Parameters<typeof loader.fromJSON>[0], {
    defaults: true,
    arrays: true,
    enums: String,
    longs: Number,
  });
  return {
    connect: (socket) => connectWire(grpc, socket),
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
