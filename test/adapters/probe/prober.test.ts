import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createProber } from '../../../src/adapters/probe/prober.ts';
import type { ProbeTarget } from '../../../src/core/mend/policy.ts';
import type { Prober } from '../../../src/ports.ts';
import {
  answering,
  createPeer,
  freePort,
  makeFolder,
  plentyMs,
  realClock,
  refusing,
  shortMs,
  silent,
} from './stage.ts';

function makeProber(t: Test): Prober {
  const prober = createProber({ clock: realClock, mainPid: () => 0 });
  t.teardown(prober.close);
  return prober;
}

/** Every kind of look that goes over a unix socket. */
const kinds = (socket: string): readonly ProbeTarget[] => [
  { kind: 'containerd', socket, look: 'version' },
  { kind: 'containerd', socket, look: 'metadata' },
  { kind: 'containerd', socket, look: 'shims' },
  { kind: 'cri', socket, look: 'version' },
  { kind: 'cri', socket, look: 'status' },
  { kind: 'docker', socket, look: 'ping' },
  { kind: 'docker', socket, look: 'version' },
  { kind: 'docker', socket, look: 'inspect' },
  { kind: 'http', url: 'http://localhost/', socket, expect: [200], ca: null, insecure: false },
];

const name = (target: ProbeTarget): string => ('look' in target ? `${target.kind} ${target.look}` : target.kind);

function lookAtAll(prober: Prober, socket: string, timeoutMs = plentyMs) {
  return Promise.all(
    kinds(socket).map(async (target) => ({
      target,
      seen: await prober.look(name(target), target, 'a.service', timeoutMs),
    })),
  );
}

/** Once a byte has come, sends on and on, as fast as it is read. */
const flooding = (socket: Socket): void => {
  const chunk = Buffer.alloc(65_536);
  const send = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.once('data', send);
  socket.on('drain', send);
};

/** Begins a reply and never ends it. */
const beginning =
  (reply: Buffer) =>
  (socket: Socket): void => {
    socket.once('data', () => socket.write(reply));
  };

const halfHttp = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
/** The first thing that a server of HTTP/2 says. */
const halfHttp2 = Buffer.from('000000040000000000', 'hex');

interface Peer {
  readonly what: string;
  readonly treat: (socket: Socket) => void;
  readonly reason: string;
  readonly timeoutMs: number;
}

const peers: readonly Peer[] = [
  { what: 'breaks off', treat: refusing, reason: 'probe.reset', timeoutMs: plentyMs },
  {
    what: 'answers without a protocol',
    treat: answering('hello\r\n\r\n'),
    reason: 'probe.bad-reply',
    timeoutMs: plentyMs,
  },
  { what: 'answers with a flood', treat: flooding, reason: 'probe.bad-reply', timeoutMs: plentyMs },
  { what: 'says nothing', treat: silent, reason: 'probe.timeout', timeoutMs: shortMs },
];

for (const { what, treat, reason, timeoutMs } of peers) {
  t.test(`a server that ${what}`, async (t) => {
    const folder = makeFolder(t);
    const prober = makeProber(t);
    const peer = await createPeer(t, treat, join(folder, 'a.sock'));
    // Loads the libraries.
    await lookAtAll(prober, join(folder, 'none.sock'));
    for (const { target, seen } of await lookAtAll(prober, peer.path, timeoutMs))
      t.match(seen, { verdict: 'unhealthy', reason }, name(target));
    await peer.until(() => peer.open() === 0);
    t.pass('no connection is left');
  });
}

t.test('a server that begins and does not end', async (t) => {
  const folder = makeFolder(t);
  const prober = makeProber(t);
  await lookAtAll(prober, join(folder, 'none.sock'));
  for (const reply of [halfHttp, halfHttp2]) {
    const peer = await createPeer(t, beginning(reply), join(folder, `${reply.length}.sock`));
    const seen = await lookAtAll(prober, peer.path, shortMs);
    const spoken = seen.filter(({ target }) => (reply === halfHttp) === ['docker', 'http'].includes(target.kind));
    t.ok(spoken.length > 3);
    for (const one of spoken) t.match(one.seen, { verdict: 'unhealthy', reason: 'probe.timeout' }, name(one.target));
    await peer.until(() => peer.open() === 0);
  }
});

t.test('no socket, and a file that is none', async (t) => {
  const folder = makeFolder(t);
  const prober = makeProber(t);
  writeFileSync(join(folder, 'plain'), '');
  for (const { target, seen } of await lookAtAll(prober, join(folder, 'none.sock')))
    t.match(seen, { verdict: 'unhealthy', reason: 'probe.no-socket' }, name(target));
  for (const { target, seen } of await lookAtAll(prober, join(folder, 'plain')))
    t.match(seen, { verdict: 'unhealthy', reason: 'probe.refused' }, name(target));
});

t.test('each kind of target has its look, and each lane one look at a time', async (t) => {
  const prober = makeProber(t);
  const peer = await createPeer(t, silent);
  const tcp = { kind: 'tcp', host: '127.0.0.1', port: peer.port } as const;
  const http = {
    kind: 'http',
    url: `http://127.0.0.1:${peer.port}/`,
    socket: null,
    expect: [200],
    ca: null,
    insecure: false,
  } as const;
  const etcd = {
    kind: 'etcd',
    url: `http://127.0.0.1:${peer.port}`,
    ca: null,
    cert: null,
    key: null,
    look: 'health',
  } as const;
  t.match(await prober.look('a/tcp', tcp, 'a.service', plentyMs), { verdict: 'healthy' });
  t.match(await prober.look('a/exec', { kind: 'exec', argv: ['/bin/true'] }, 'a.service', plentyMs), {
    verdict: 'healthy',
  });
  t.match(await prober.look('a/unit', { kind: 'unit' }, 'a.service', plentyMs), {
    verdict: 'unknown',
    detail: 'a.service has no main process',
  });
  t.match(await prober.look('a/etcd', etcd, 'a.service', shortMs), { reason: 'probe.timeout' });
  const serves = { ...etcd, look: 'serves' } as const;
  const unheard = {
    verdict: 'unknown',
    reason: 'probe.failed',
    detail: /has not answered at http:.* since nodemend began/,
  };
  t.match(
    await prober.look('a/serves', serves, 'a.service', shortMs),
    unheard,
    'a silence that may be a wrong address',
  );
  const nowhere = { ...serves, url: `http://127.0.0.1:${await freePort(t)}` };
  t.match(await prober.look('a/nowhere', nowhere, 'a.service', plentyMs), unheard);
  const first = prober.look('a/http', http, 'a.service', shortMs);
  const before = peer.count();
  t.match(await prober.look('a/http', http, 'a.service', shortMs), { verdict: 'unknown', reason: 'probe.stuck' });
  t.match(await first, { verdict: 'unhealthy', reason: 'probe.timeout' });
  await peer.until(() => peer.open() === 0);
  t.match(
    await prober.look('a/http', http, 'a.service', shortMs),
    { reason: 'probe.timeout' },
    'the lane is free again',
  );
  t.equal(peer.count(), before + 2, 'the refused look was not begun');
});

t.test('closing gives up what is under way', async (t) => {
  const folder = makeFolder(t);
  const prober = createProber({ clock: realClock, mainPid: () => 0 });
  const peer = await createPeer(t, silent, join(folder, 'a.sock'));
  const looks = lookAtAll(prober, peer.path);
  // The looks over gRPC share one connection.
  await peer.until(() => peer.count() === 5);
  await prober.close();
  await peer.until(() => peer.open() === 0);
  for (const { seen } of await looks) t.not(seen.verdict, 'healthy');
});
