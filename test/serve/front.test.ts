import t, { type Test } from 'tap';
import { recognize } from '../../src/serve/front.ts';
import { createHttp } from '../../src/serve/http.ts';
import { defaultLimits } from '../../src/serve/limits.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import { openRaw } from './raw.ts';
import { createStandIn, notReady } from './stand-in.ts';

const plain = 'GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n';

const cases: readonly [string, string, string | null][] = [
  ['the shortest request', plain, 'readyz'],
  ['healthz', plain.replace('readyz', 'healthz'), 'healthz'],
  ['livez', plain.replace('readyz', 'livez'), 'livez'],
  ['more fields', 'GET /readyz HTTP/1.1\r\nHost: a\r\nUser-Agent: x y\r\nConnection: keep-alive\r\n\r\n', 'readyz'],
  ['a query', 'GET /readyz?verbose HTTP/1.1\r\nHost: a\r\n\r\n', null],
  ['another path', 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n', null],
  ['HEAD', 'HEAD /readyz HTTP/1.1\r\nHost: a\r\n\r\n', null],
  ['HTTP/1.0', 'GET /readyz HTTP/1.0\r\nHost: a\r\n\r\n', null],
  ['no host', 'GET /readyz HTTP/1.1\r\nUser-Agent: a\r\n\r\n', null],
  ['no field', 'GET /readyz HTTP/1.1\r\n\r\n', null],
  ['two hosts', 'GET /readyz HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n', null],
  ['half a request', 'GET /readyz HTTP/1.1\r\nHost: a\r\n', null],
  ['two requests', plain + plain, null],
  ['a body', 'GET /readyz HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc', null],
  ['an announced body', 'GET /readyz HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n', null],
  ['chunks', 'GET /readyz HTTP/1.1\r\nHost: a\r\ntransfer-encoding: chunked\r\n\r\n', null],
  ['close', 'GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', null],
  ['close among others', 'GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n', null],
  ['an upgrade', 'GET /readyz HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n', null],
  ['an expectation', 'GET /readyz HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n', null],
  ['a bare line feed', 'GET /readyz HTTP/1.1\nHost: a\n\n', null],
  ['a line feed in a field', 'GET /readyz HTTP/1.1\r\nHost: a\nContent-Length: 3\r\n\r\n', null],
  ['a space before the colon', 'GET /readyz HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\n', null],
  ['a folded field', 'GET /readyz HTTP/1.1\r\nHost: a\r\n b\r\n\r\n', null],
  ['a control character', 'GET /readyz HTTP/1.1\r\nHost: a\u0000\r\n\r\n', null],
  ['too much', `GET /readyz HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(2_048)}\r\n\r\n`, null],
  ['nothing', '', null],
];

for (const [name, text, path] of cases) {
  t.test(`recognizes ${name}: ${path ?? 'left to the parser'}`, async (t) => {
    t.equal(recognize(Buffer.from(text, 'latin1'))?.path ?? null, path);
  });
}

async function setUp(t: Test, limits = defaultLimits) {
  const source = createStandIn();
  const http = createHttp(source, createMetrics(), limits);
  const port = await http.listen('127.0.0.1:0');
  t.teardown(() => http.close());
  return { source, port };
}

function fields(reply: string): string[] {
  return (reply.split('\r\n\r\n')[0] ?? '')
    .split('\r\n')
    .slice(1)
    .map((field) => field.split(':')[0]?.toLowerCase() ?? '')
    .filter((name) => name !== 'keep-alive')
    .toSorted();
}

t.test('the front and the parser give the same reply', async (t) => {
  const { port } = await setUp(t);
  const quick = await openRaw({ port });
  quick.send(plain);
  const slow = await openRaw({ port });
  slow.send('GET /readyz? HTTP/1.1\r\nHost: a\r\n\r\n');
  const [one, other] = [await quick.until('\r\n\r\nok'), await slow.until('\r\n\r\nok')];
  t.same(fields(one), fields(other));
  t.match(one, /^HTTP\/1\.1 200 OK\r\n/);
  t.match(one, 'Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n');
  quick.socket.destroy();
  slow.socket.destroy();
});

t.test('the front says no in the words of the parser, as soon and as long as it is so', async (t) => {
  const { source, port } = await setUp(t);
  const [quick, slow] = [await openRaw({ port }), await openRaw({ port })];
  quick.send(plain);
  await quick.until('\r\n\r\nok');
  source.show({ ready: notReady });
  quick.send(plain);
  slow.send('GET /readyz? HTTP/1.1\r\nHost: a\r\n\r\n');
  const all = await quick.until('readyz check failed\n');
  const one = all.slice(all.indexOf('HTTP/1.1 503'));
  const other = await slow.until('readyz check failed\n');
  t.match(other, /^HTTP\/1\.1 503 Service Unavailable\r\n/);
  t.same(fields(one), fields(other));
  t.equal(one.split('\r\n\r\n')[1], other.split('\r\n\r\n')[1]);
  source.show({ ready: { ...notReady, ready: true } });
  quick.send(plain);
  await quick.until('\r\n\r\nok', 2);
  quick.socket.destroy();
  slow.socket.destroy();
});

t.test('one connection may go from the front to the parser and stays in order', async (t) => {
  const { source, port } = await setUp(t);
  const client = await openRaw({ port });
  client.send(plain);
  await client.until('ok');
  source.show({ ready: notReady });
  client.send(plain);
  await client.until('readyz check failed\n');
  source.show({ ready: { ...notReady, ready: true } });
  client.send(`${plain}GET /livez?verbose HTTP/1.1\r\nHost: a\r\n\r\n${plain}`);
  const all = await client.until('livez check passed\n');
  t.same(all.match(/HTTP\/1\.1 \d+/g)?.slice(0, 4), ['HTTP/1.1 200', 'HTTP/1.1 503', 'HTTP/1.1 200', 'HTTP/1.1 200']);
  client.socket.destroy();
});

t.test('a request in pieces is answered', async (t) => {
  const { port } = await setUp(t);
  const client = await openRaw({ port });
  client.send('GET /rea');
  await new Promise((resolve) => client.socket.write('dyz HTTP/1.1\r\n', resolve));
  client.send('Host: a\r\n\r\n');
  t.match(await client.until('\r\n\r\nok'), /^HTTP\/1\.1 200 OK/);
  client.socket.destroy();
});

t.test('a client that half-closes after its request gets the reply and the end', async (t) => {
  const { port } = await setUp(t);
  const client = await openRaw({ port });
  client.socket.end(plain);
  t.match(await client.closed(), /\r\n\r\nok$/);
});

t.test('a client that asks and never reads is dropped', async (t) => {
  const { port } = await setUp(t, { ...defaultLimits, connectionTimeoutMs: 100 });
  const client = await openRaw({ port });
  client.socket.pause();
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  client.socket.once('close', () => resolve());
  const push = () => {
    while (!client.socket.destroyed && client.socket.write(plain));
  };
  client.socket.on('drain', push);
  push();
  await closed;
  t.pass('the server ended the connection');
});

t.test('after so many requests through the parser the connection ends', async (t) => {
  const { port } = await setUp(t, { ...defaultLimits, maxRequestsPerSocket: 2, keepAliveTimeoutMs: 1_000 });
  const client = await openRaw({ port });
  for (let sent = 1; sent <= 2; sent += 1) {
    client.send('GET /readyz? HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.until('\r\n\r\nok', sent);
  }
  const all = await client.closed();
  t.equal(all.match(/\r\n\r\nok/g)?.length, 2);
  t.match(all, /connection: close/i);
});
