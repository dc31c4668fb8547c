/** Real etcd members on loopback, from the lab's Debian tree; each is ended by its own id, and its folder removed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type Access, createReach } from '../../../src/adapters/etcd/access.ts';
import { readStatus } from '../../../src/adapters/grpc/protos/etcd.ts';
import { REPOSITORY } from './places.ts';
import { ensureTree } from './tree.ts';
import { waitFor } from './wait.ts';

const tlsFolder = join(REPOSITORY, 'test/fixtures/tls');
export const tlsFile = (name: string): string => join(tlsFolder, name);

const plain = { ca: null, cert: null, key: null };
export const clientFiles = { ca: tlsFile('ca.pem'), cert: tlsFile('client.pem'), key: tlsFile('client.key') };
/** Generous: a member starts in half a second on an idle machine. */
const startMs = 60_000;

export interface EtcdMember {
  readonly name: string;
  readonly endpoint: string;
  readonly peerUrl: string;
  readonly folder: string;
  start(...more: string[]): void;
  /** Resolves once the process is gone. */
  kill(): Promise<void>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
}

export interface EtcdCluster {
  readonly members: readonly [EtcdMember, ...EtcdMember[]];
  readonly access: Access;
  /** Folder for whatever the test writes; removed with the cluster. */
  readonly folder: string;
  /** Of etcd, etcdctl, etcdutl. */
  program(name: string): string;
  /** Resolves once each of these members knows a leader. */
  ready(...members: readonly EtcdMember[]): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

function tlsFlags(tls: boolean): string[] {
  if (!tls) return [];
  const files = ['cert-file=server.pem', 'key-file=server.key', 'trusted-ca-file=ca.pem'];
  const flags = files.map((pair) => pair.replace('=', `=${tlsFolder}/`));
  return [...flags.flatMap((flag) => [`--${flag}`, `--peer-${flag}`]), '--client-cert-auth', '--peer-client-cert-auth'];
}

interface Wish {
  readonly count?: 1 | 3 | 5;
  readonly tls?: boolean;
  readonly flags?: readonly string[];
}

/** Resolves once every member knows a leader. */
export async function createEtcd(t: Test, { count = 1, tls = false, flags = [] }: Wish = {}): Promise<EtcdCluster> {
  const tree = await ensureTree();
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-etcd-'));
  const scheme = tls ? 'https' : 'http';
  const program = (name: string): string => `${tree}/usr/bin/${name}`;
  const ports = await Promise.all(Array.from({ length: 2 * count }, freePort));
  const places = Array.from({ length: count }, (_, index) => ({
    name: `m${index + 1}`,
    endpoint: `${scheme}://127.0.0.1:${ports[2 * index]}`,
    peerUrl: `${scheme}://127.0.0.1:${ports[2 * index + 1]}`,
    folder: join(folder, `m${index + 1}`),
  }));
  const initial = places.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(',');
  const running = new Map<string, ChildProcess>();

  const create = (place: (typeof places)[number]): EtcdMember => {
    const { name, endpoint, peerUrl } = place;
    const own = [
      `--name=${name}`,
      `--data-dir=${place.folder}`,
      `--listen-client-urls=${endpoint}`,
      `--advertise-client-urls=${endpoint}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=${initial}`,
      '--log-level=error',
    ];
    return {
      ...place,
      start: (...more) =>
        void running.set(
          name,
          spawn(program('etcd'), [...own, ...tlsFlags(tls), ...flags, ...more], { stdio: 'ignore' }),
        ),
      kill: async () => {
        const child = running.get(name);
        running.delete(name);
        if (child === undefined || child.exitCode !== null) return;
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        await gone;
      },
      signal: (signal) => void running.get(name)?.kill(signal),
    };
  };

  const members = places.map(create) as [EtcdMember, ...EtcdMember[]];
  t.teardown(async () => {
    await Promise.all(members.map((member) => member.kill()));
    rmSync(folder, { recursive: true, force: true });
  });
  const files = tls ? clientFiles : plain;
  const reach = createReach();
  const knowsLeader = async ({ endpoint }: EtcdMember): Promise<boolean> =>
    reach(endpoint, files, 5_000, async (remote, signal) => (await remote.call(readStatus, {}, signal)).leader !== '0');
  const ready = async (...wanted: readonly EtcdMember[]): Promise<void> => {
    await Promise.all(
      wanted.map((member) => waitFor(() => knowsLeader(member), startMs, `${member.name} knows a leader`)),
    );
  };
  for (const member of members) member.start();
  await ready(...members);
  return { members, access: { endpoints: places.map(({ endpoint }) => endpoint), ...files }, folder, program, ready };
}
