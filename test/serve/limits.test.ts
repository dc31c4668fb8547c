import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import t, { type Test } from 'tap';
import { createConnections } from '../../src/serve/connections.ts';
import { createHttp } from '../../src/serve/http.ts';
import { defaultLimits, type Limits } from '../../src/serve/limits.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import { openRaw, type Raw } from './raw.ts';
import { createStandIn } from './stand-in.ts';

async function setUp(t: Test, changes: Partial<Limits> = {}): Promise<number> {
  const http = createHttp(createStandIn(), createMetrics(), { ...defaultLimits, ...changes });
  const port = await http.listen('127.0.0.1:0');
  t.teardown(() => http.close());
  return port;
}

const status = 'GET /api/v1/status HTTP/1.1\r\nHost: a\r\n';

const refused: readonly [string, string, RegExp][] = [
  ['headers that are too large', `${status}X: ${'x'.repeat(9_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
  ['a path that is too long', `GET /${'x'.repeat(9_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, /^HTTP\/1\.1 431 /],
  ['something that is not HTTP', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n', /^HTTP\/1\.1 400 /],
  ['an unknown method', 'FETCH / HTTP/1.1\r\nHost: a\r\n\r\n', /^HTTP\/1\.1 400 /],
  ['two lengths', `${status}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, /^HTTP\/1\.1 400 /],
  ['a length and chunks', `${status}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, /^HTTP\/1\.1 400 /],
  ['a request without a host', 'GET / HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
  ['a request with two hosts', 'GET /readyz HTTP/1.1\r\nHost: a\r\nHOST: b\r\n\r\n', /^HTTP\/1\.1 400 /],
  ['a post', 'POST /readyz HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc', /^HTTP\/1\.1 405 /],
  ['a body', `${status}Content-Length: 3\r\n\r\nabc`, /^HTTP\/1\.1 413 /],
];

for (const [name, bytes, expected] of refused) {
  t.test(`refuses ${name} and closes`, async (t) => {
    const client = await openRaw({ port: await setUp(t) });
    client.send(bytes);
    t.match(await client.closed(), expected);
  });
}

const quick = {
  checkingIntervalMs: 20,
  headersTimeoutMs: 50,
  requestTimeoutMs: 100,
  keepAliveTimeoutMs: 50,
  connectionTimeoutMs: 100,
};

t.test('a connection that sends nothing is closed', async (t) => {
  const client = await openRaw({ port: await setUp(t, quick) });
  t.equal(await client.closed(), '');
});

t.test('headers that never end are closed', async (t) => {
  const client = await openRaw({ port: await setUp(t, { ...quick, connectionTimeoutMs: 60_000 }) });
  client.send('GET /metrics HTTP/1.1\r\nHost:');
  t.match(await client.closed(), /^HTTP\/1\.1 408 /);
});

t.test('a connection that is done is closed, from the front and from the parser', async (t) => {
  const port = await setUp(t, quick);
  for (const path of ['/readyz', '/readyz?verbose']) {
    const client = await openRaw({ port });
    client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    t.match(await client.closed(), /^HTTP\/1\.1 200 /);
  }
});

t.test('a crowd of idle connections keeps nobody out', async (t) => {
  const port = await setUp(t, { maxConnections: 20 });
  const crowd: Raw[] = [];
  for (let count = 0; count < 100; count += 1) crowd.push(await openRaw({ port }));
  const client = await openRaw({ port });
  client.send('GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n');
  t.match(await client.until('\r\n\r\nok'), /^HTTP\/1\.1 200 /);
  await Promise.all(crowd.slice(0, 80).map((raw) => raw.closed()));
  t.pass('the eldest of the crowd were closed');
  for (const raw of [...crowd, client]) raw.socket.destroy();
});

t.test('sixty connections of a load balancer all work, again and again', async (t) => {
  const port = await setUp(t);
  const clients = await Promise.all(Array.from({ length: 60 }, () => openRaw({ port })));
  for (const times of [1, 2]) {
    for (const client of clients) client.send('GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n');
    await Promise.all(clients.map((client) => client.until('\r\n\r\nok', times)));
  }
  t.equal(clients.filter((client) => client.socket.destroyed).length, 0);
  for (const client of clients) client.socket.destroy();
});

/** A stand-in for a socket: it can be destroyed, and closes. */
function standInSocket(): Socket {
  const socket = Object.assign(new EventEmitter(), { destroyed: false, destroy: () => {} });
  socket.destroy = () => {
    socket.destroyed = true;
    socket.emit('close');
  };
  return socket as unknown as Socket;
}

t.test('the connection that was idle longest goes first, one with a reply under way never', async (t) => {
  const connections = createConnections(3);
  const [first, second, third, fourth, fifth] = Array.from({ length: 5 }, standInSocket) as [
    Socket,
    Socket,
    Socket,
    Socket,
    Socket,
  ];
  for (const socket of [first, second, third]) t.ok(connections.admit(socket));
  const release = connections.hold(first);
  connections.touch(second);
  t.ok(connections.admit(fourth));
  t.ok(third.destroyed, 'neither busy nor touched');
  connections.hold(second);
  connections.hold(fourth);
  t.notOk(connections.admit(fifth), 'all are busy');
  t.ok(fifth.destroyed);
  release();
  const sixth = standInSocket();
  t.ok(connections.admit(sixth));
  t.ok(first.destroyed);
  t.equal(connections.count(), 3);
  connections.close();
  t.equal(connections.count(), 0);
  t.notOk(connections.admit(standInSocket()), 'closed');
});

t.test('closing does not wait for anybody', async (t) => {
  const http = createHttp(createStandIn(), createMetrics());
  const port = await http.listen('127.0.0.1:0');
  const idle = await openRaw({ port });
  const half = await openRaw({ port });
  half.send('GET /metrics HTTP/1.1\r\n');
  const stream = await openRaw({ port });
  stream.send('GET /api/v1/events HTTP/1.1\r\nHost: a\r\n\r\n');
  await stream.until('event: status');
  await http.close();
  await Promise.all([idle.closed(), half.closed(), stream.closed()]);
  t.pass('all were closed');
});
