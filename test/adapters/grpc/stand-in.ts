/**
 * A stand-in for containerd: a gRPC server on a unix socket that gives the recorded replies of a real containerd 1.7.24, byte for byte, or
 * what a test puts in their place. It has no containers, no database and no shims.
 */
import { rmSync } from 'node:fs';
import { Metadata, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import type { Test } from 'tap';
import { loadLibrary } from '../../../src/adapters/grpc/library.ts';
import { fixture } from '../probe/stage.ts';

interface Recorded {
  readonly service: string;
  readonly name: string;
  readonly reply?: string;
  readonly code?: number;
  readonly details?: string;
}

export type Answer = Buffer | { readonly code: number; readonly details: string } | 'never';

/** Decides by the request, the namespace it came with, and how often it has been asked before. */
export type Answering = (request: Readonly<Record<string, unknown>>, namespace: string, times: number) => Answer;

const recorded = JSON.parse(fixture('containerd-1.7/replies.json').toString('utf8')) as Record<string, Recorded>;

/** A recorded reply, to be given in place of another. */
export function reply(name: string): Answer {
  const one = recorded[name];
  if (one === undefined) throw new Error(`no reply named ${name} was recorded`);
  return one.reply === undefined
    ? { code: one.code ?? 2, details: one.details ?? '' }
    : Buffer.from(one.reply, 'base64');
}

const containerdPackage = 'containerd.services';
export const methods = {
  version: `/${containerdPackage}.version.v1.Version/Version`,
  namespaces: `/${containerdPackage}.namespaces.v1.Namespaces/List`,
  leaseCreate: `/${containerdPackage}.leases.v1.Leases/Create`,
  leaseDelete: `/${containerdPackage}.leases.v1.Leases/Delete`,
  tasks: `/${containerdPackage}.tasks.v1.Tasks/List`,
  task: `/${containerdPackage}.tasks.v1.Tasks/Get`,
  criVersion: '/runtime.v1.RuntimeService/Version',
  criStatus: '/runtime.v1.RuntimeService/Status',
} as const;

const usual: Readonly<Record<string, Answering>> = {
  [methods.version]: () => reply('version'),
  [methods.namespaces]: () => reply('namespaces'),
  [methods.leaseCreate]: () => reply('lease-create'),
  [methods.leaseDelete]: () => reply('lease-delete'),
  [methods.tasks]: (_request, namespace) => reply(namespace === 'k8s.io' ? 'tasks' : 'tasks-none'),
  [methods.task]: () => reply('task-missing'),
  [methods.criVersion]: () => reply('cri-version'),
  [methods.criStatus]: () => reply('cri-status'),
};

export interface Asked {
  readonly path: string;
  readonly namespace: string;
  readonly request: Readonly<Record<string, unknown>>;
}

export interface StandIn {
  readonly socket: string;
  readonly asked: readonly Asked[];
  stop(): void;
}

const identity = (bytes: Buffer): Buffer => bytes;

/** Listens on `socket`. `instead` replaces the usual answers; null means that the method does not exist. */
export async function createContainerdStandIn(
  t: Test,
  socket: string,
  instead: Readonly<Record<string, Answering | null>> = {},
): Promise<StandIn> {
  const library = await loadLibrary();
  const asked: Asked[] = [];
  const server = new Server();
  for (const [path, answering] of Object.entries({ ...usual, ...instead })) {
    if (answering === null) continue;
    const [, service = '', name = ''] = path.split('/');
    const { decode } = library.definition(service, name).request;
    let times = 0;
    const handle = (call: ServerUnaryCall<object, Buffer>, done: sendUnaryData<Buffer>): void => {
      const namespace = String(call.metadata.get('containerd-namespace')[0] ?? '');
      const request = call.request as Readonly<Record<string, unknown>>;
      asked.push({ path, namespace, request });
      const answer = answering(request, namespace, times++);
      if (answer === 'never') return;
      if (Buffer.isBuffer(answer)) done(null, answer);
      else done({ ...answer, metadata: new Metadata() });
    };
    server.register(path, handle, identity, decode, 'unary');
  }
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  const stop = (): void => {
    server.forceShutdown();
    rmSync(socket, { force: true });
  };
  t.teardown(stop);
  return { socket, asked, stop };
}
