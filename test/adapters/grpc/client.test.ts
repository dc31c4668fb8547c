import { renameSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { createGrpcClients, type GrpcClients } from '../../../src/adapters/grpc/client.ts';
import { version } from '../../../src/adapters/grpc/protos/containerd.ts';
import { finding } from '../../../src/adapters/probe/finding.ts';
import { answering, createPeer, lookOnce, makeFolder, plentyMs, refusing, shortMs, silent } from '../probe/stage.ts';
import { createContainerdStandIn, methods } from './stand-in.ts';

function makeClients(t: Test): GrpcClients {
  const clients = createGrpcClients();
  t.teardown(clients.close);
  return clients;
}

const look = (clients: GrpcClients, socket: string, timeoutMs = plentyMs) =>
  lookOnce(async ({ signal }) => {
    const outcome = await clients.call(socket, version, {}, { signal });
    return outcome.ok ? finding('probe.ok', outcome.reply.version) : outcome.finding;
  }, timeoutMs);

const failing = (code: number, details: string) => ({ [methods.version]: () => ({ code, details }) });

t.test('a reply', async (t) => {
  const socket = join(makeFolder(t), 'a.sock');
  await createContainerdStandIn(t, socket);
  t.match(await look(makeClients(t), socket), { verdict: 'healthy', detail: '1.7.24~ds1' });
});

const statuses: readonly (readonly [number, string, string, 'unhealthy' | 'unknown'])[] = [
  [2, 'something broke', 'probe.not-ready', 'unhealthy'],
  [4, 'context deadline exceeded', 'probe.timeout', 'unhealthy'],
  [5, 'not found', 'probe.not-ready', 'unhealthy'],
  [7, 'not for you', 'probe.denied', 'unknown'],
  [9, 'namespace is required: failed precondition', 'probe.not-ready', 'unhealthy'],
  [12, 'unknown method Version', 'probe.unsupported', 'unknown'],
  [13, 'broken', 'probe.bad-reply', 'unhealthy'],
  [14, 'server is not initialized yet', 'probe.initializing', 'unknown'],
  [14, 'transport is closing', 'probe.reset', 'unhealthy'],
  [16, 'who are you', 'probe.denied', 'unknown'],
  [2, 'write /var/lib/containerd/meta.db: no space left on device', 'probe.failed', 'unknown'],
  [2, 'open meta.db: read-only file system', 'probe.failed', 'unknown'],
];

for (const [code, details, reason, verdict] of statuses) {
  t.test(`status ${code}, "${details}", is ${reason}`, async (t) => {
    const socket = join(makeFolder(t), 'a.sock');
    await createContainerdStandIn(t, socket, failing(code, details));
    t.match(await look(makeClients(t), socket), { reason, verdict, detail: details });
  });
}

t.test('a server without the service', async (t) => {
  const socket = join(makeFolder(t), 'a.sock');
  await createContainerdStandIn(t, socket, { [methods.version]: null });
  t.match(await look(makeClients(t), socket), { verdict: 'unknown', reason: 'probe.unsupported' });
});

t.test('a reply that is not the message', async (t) => {
  const socket = join(makeFolder(t), 'a.sock');
  await createContainerdStandIn(t, socket, { [methods.version]: () => Buffer.from('ffffffff', 'hex') });
  t.match(await look(makeClients(t), socket), { verdict: 'unhealthy', reason: 'probe.bad-reply' });
});

t.test('a reply larger than we take says nothing of the server', async (t) => {
  const socket = join(makeFolder(t), 'a.sock');
  await createContainerdStandIn(t, socket, { [methods.version]: () => Buffer.alloc(5 * 1024 * 1024) });
  t.match(await look(makeClients(t), socket), { verdict: 'unknown', reason: 'probe.failed' });
});

t.test('no socket, and a socket that nobody listens on', async (t) => {
  const folder = makeFolder(t);
  const clients = makeClients(t);
  t.match(await look(clients, join(folder, 'none.sock')), {
    verdict: 'unhealthy',
    reason: 'probe.no-socket',
    detail: `connect ENOENT ${join(folder, 'none.sock')}`,
  });
  writeFileSync(join(folder, 'plain'), '');
  t.match(await look(clients, join(folder, 'plain')), { verdict: 'unhealthy', reason: 'probe.refused' });
});

t.test('a server that breaks off, and one that speaks something else', async (t) => {
  const folder = makeFolder(t);
  const clients = makeClients(t);
  await createPeer(t, refusing, join(folder, 'break.sock'));
  t.match(await look(clients, join(folder, 'break.sock')), { verdict: 'unhealthy', reason: 'probe.reset' });
  await createPeer(t, answering('HTTP/1.1 400 Bad Request\r\n\r\n'), join(folder, 'http.sock'));
  t.match(await look(clients, join(folder, 'http.sock')), { verdict: 'unhealthy', reason: 'probe.bad-reply' });
});

t.test('a server that accepts and says nothing leaves no connection open', async (t) => {
  const socket = join(makeFolder(t), 'a.sock');
  const peer = await createPeer(t, silent, socket);
  const clients = makeClients(t);
  // The first call loads the library, which may take longer than this test lets a server take.
  await look(clients, join(dirname(socket), 'none.sock'));
  for (const _ of [1, 2, 3]) t.match(await look(clients, socket, shortMs), { reason: 'probe.timeout' });
  await peer.until(() => peer.count() === 3 && peer.open() === 0);
  t.pass('three looks, three connections, none left');
});

t.test('a call given up at any moment of its connecting leaves no connection open', async (t) => {
  const socket = join(makeFolder(t), 'a.sock');
  const peer = await createPeer(t, silent, socket);
  const clients = makeClients(t);
  await look(clients, join(dirname(socket), 'none.sock'));
  const nextTick = () => new Promise<void>((resolve) => process.nextTick(resolve));
  const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
  for (const wait of [nextTick, nextTurn]) {
    for (let times = 0; times < 10; times += 1) {
      const abort = new AbortController();
      const call = clients.call(socket, version, {}, { signal: abort.signal });
      for (let done = 0; done < times; done += 1) await wait();
      abort.abort();
      await t.rejects(call, { name: 'AbortError' });
    }
  }
  await peer.until(() => peer.count() > 10 && peer.open() === 0);
  t.pass('none left');
});

t.test('a call that never ends is a timeout, and the next look is served', async (t) => {
  const socket = join(makeFolder(t), 'a.sock');
  const standIn = await createContainerdStandIn(t, socket, {
    [methods.version]: (_request, _namespace, times) => (times === 0 ? 'never' : Buffer.from('0a0131', 'hex')),
  });
  const clients = makeClients(t);
  t.match(await look(clients, socket, shortMs), { verdict: 'unhealthy', reason: 'probe.timeout' });
  t.match(await look(clients, socket), { verdict: 'healthy', detail: '1' });
  t.equal(standIn.asked.length, 2);
});

t.test('a server that is back is seen at the next look, without any back-off', async (t) => {
  const socket = join(makeFolder(t), 'a.sock');
  const clients = makeClients(t);
  const first = await createContainerdStandIn(t, socket);
  t.match(await look(clients, socket), { verdict: 'healthy' });
  first.stop();
  for (const _ of [1, 2, 3, 4])
    t.match(await look(clients, socket), { verdict: 'unhealthy', reason: 'probe.no-socket' });
  await createContainerdStandIn(t, socket);
  t.match(await look(clients, socket), { verdict: 'healthy' });
});

t.test('a kept connection does not hide that the socket is gone, or that another server has its place', async (t) => {
  const folder = makeFolder(t);
  const socket = join(folder, 'a.sock');
  const clients = makeClients(t);
  await createContainerdStandIn(t, socket);
  t.match(await look(clients, socket), { verdict: 'healthy', detail: '1.7.24~ds1' });
  renameSync(socket, join(folder, 'aside.sock'));
  t.match(await look(clients, socket), { verdict: 'unhealthy', reason: 'probe.no-socket' });
  await createContainerdStandIn(t, socket, { [methods.version]: () => Buffer.from('0a0132', 'hex') });
  t.match(await look(clients, socket), { verdict: 'healthy', detail: '2' });
});

t.test('a server that takes no new connection is found out although it serves the old one', async (t) => {
  const folder = makeFolder(t);
  const [socket, behind] = [join(folder, 'a.sock'), join(folder, 'behind.sock')];
  await createContainerdStandIn(t, behind);
  const clients = makeClients(t);
  let taken = 0;
  const front = createServer((client) => {
    taken += 1;
    if (taken === 1) client.pipe(connect(behind)).pipe(client);
  });
  await new Promise<void>((listening) => front.listen(socket, listening));
  t.teardown(() => front.close());
  const seen: string[] = [];
  while (seen.length < 20 && seen.at(-1) !== 'unhealthy') seen.push((await look(clients, socket, 1_000)).verdict);
  t.equal(seen.at(-1), 'unhealthy');
  t.same(seen.slice(0, -1), Array(6).fill('healthy'));
});

t.test('a server that was replaced between two looks is never seen as down', async (t) => {
  const socket = join(makeFolder(t), 'a.sock');
  const clients = makeClients(t);
  for (const _ of [1, 2, 3, 4, 5]) {
    const standIn = await createContainerdStandIn(t, socket);
    t.match(await look(clients, socket), { verdict: 'healthy' });
    standIn.stop();
  }
});

t.test(
  'one connection serves looks side by side, and one of them that fails does not take the others with it',
  async (t) => {
    const socket = join(makeFolder(t), 'a.sock');
    await createContainerdStandIn(t, socket, {
      [methods.version]: (_request, _namespace, times) => (times === 0 ? 'never' : Buffer.from('0a0131', 'hex')),
    });
    const clients = makeClients(t);
    const hanging = look(clients, socket, shortMs);
    t.match(await Promise.all([1, 2, 3].map(() => look(clients, socket))), Array(3).fill({ verdict: 'healthy' }));
    t.match(await hanging, { reason: 'probe.timeout' });
    t.match(await look(clients, socket), { verdict: 'healthy' });
  },
);
