/**
 * Loads the gRPC libraries (18 MiB, a fifth of a second) and our descriptors: called at the first call, so a node without a CRI or
 * containerd probe never pays for them.
 */
import { isIP, type Socket } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { ChannelCredentials, ChannelOptions, Client, Metadata } from '@grpc/grpc-js';
import { type Definition, loadDefinitions } from './messages.ts';

export interface Wire {
  readonly client: Client;
  /** Ends it at once: the library alone would wait for a server that may be stopped, and keep the descriptor open till then. */
  destroy(): void;
}

/** What a peer over TCP is spoken to with. */
export interface Keys {
  readonly ca: Buffer | undefined;
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
}

export interface Library {
  /** Opens nothing before the first call. */
  connect(socket: string): Wire;
  /**
   * The same over TCP; `keys` are null where there is no TLS. `showCertificate` is told when the peer's certificate ends. Throws when the keys
   * are of no use.
   */
  connectTcp(address: string, keys: Keys | null, showCertificate: (validTo: string) => void): Wire;
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
function connectWire(grpc: Grpc, target: string, credentials: ChannelCredentials, more: ChannelOptions = {}): Wire {
  const sockets = new Set<Socket>();
  let destroyed = false;
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
  const client = new grpc.Client(target, credentials, { ...channelOptions, ...more });
  return {
    client,
    destroy: () => {
      destroyed = true;
      client.close();
      for (const opened of sockets) opened.destroy();
    },
  };
}

function connectTcp(grpc: Grpc, address: string, keys: Keys | null, showCertificate: (validTo: string) => void): Wire {
  if (keys === null) return connectWire(grpc, address, grpc.credentials.createInsecure());
  const host = new URL(`tcp://${address}`).hostname.replace(/^\[|\]$/g, '');
  const credentials = grpc.credentials.createSsl(keys.ca ?? null, keys.key ?? null, keys.cert ?? null, {
    checkServerIdentity: (_name, certificate) => {
      showCertificate(certificate.valid_to);
      return checkServerIdentity(host, certificate);
    },
  });
  // TLS has no server names for addresses, and Node warns of one; the certificate is checked against the address all the same.
  const named = isIP(host) === 0 ? {} : { 'grpc.ssl_target_name_override': 'etcd' };
  return connectWire(grpc, address, credentials, named);
}

/** Rejects when a library cannot be loaded, which is a defect of the installation. */
export async function loadLibrary(): Promise<Library> {
  // CommonJS: in a bundle only the default export holds everything.
  const [{ default: grpc }, definition] = await Promise.all([import('@grpc/grpc-js'), loadDefinitions()]);
  return {
    connect: (socket) => connectWire(grpc, `unix:${socket}`, grpc.credentials.createInsecure()),
    connectTcp: (address, keys, showCertificate) => connectTcp(grpc, address, keys, showCertificate),
    definition,
    metadata: (namespace) => {
      const metadata = new grpc.Metadata();
      if (namespace !== undefined) metadata.set('containerd-namespace', namespace);
      return metadata;
    },
  };
}
