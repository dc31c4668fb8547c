/**
 * Loads the gRPC libraries (18 MiB, a fifth of a second) and our descriptors: called at the first call, so a node without a CRI or
 * containerd probe never pays for them.
 */
import type { Socket } from 'node:net';
import type { Client, Metadata } from '@grpc/grpc-js';
import { type Definition, loadDefinitions } from './messages.ts';

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
  // CommonJS: in a bundle only the default export holds everything.
  const [{ default: grpc }, definition] = await Promise.all([import('@grpc/grpc-js'), loadDefinitions()]);
  return {
    connect: (socket) => connectWire(grpc, socket),
    definition,
    metadata: (namespace) => {
      const metadata = new grpc.Metadata();
      if (namespace !== undefined) metadata.set('containerd-namespace', namespace);
      return metadata;
    },
  };
}
