import t, { type Test } from 'tap';
import { createHttp } from '../../src/serve/http.ts';
import { defaultLimits, type Limits } from '../../src/serve/limits.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import type { Told } from '../../src/serve/view.ts';
import { eventually, openRaw } from './raw.ts';
import { createStandIn } from './stand-in.ts';

const ask = 'GET /api/v1/events HTTP/1.1\r\nHost: a\r\n\r\n';
const told = (detail: string): Told => ({
  wallMs: 1_700_000_000_000,
  transition: { type: 'node.changed', reason: 'node.upgrading', detail },
});

async function setUp(t: Test, changes: Partial<Limits> = {}) {
  const source = createStandIn();
  const http = createHttp(source, createMetrics(), { ...defaultLimits, ...changes });
  const port = await http.listen('127.0.0.1:0');
  t.teardown(() => http.close());
  return { source, http, port };
}

t.test('a stream begins with the status and goes on with each transition', async (t) => {
  const { source, port } = await setUp(t);
  const client = await openRaw({ port });
  client.send(ask);
  const head = await client.until('\n\n');
  t.match(head, /^HTTP\/1\.1 200 OK\r\n/);
  t.match(head, 'Content-Type: text/event-stream\r\n');
  await client.until(`event: status\ndata: ${JSON.stringify(source.view())}\n\n`);
  source.tell(told('line one\nevent: forged\n\n'));
  const all = await client.until(
    `id: 1\nevent: transition\ndata: ${JSON.stringify(told('line one\nevent: forged\n\n'))}\n\n`,
  );
  t.notMatch(all, /^event: forged/m);
  client.socket.destroy();
});

t.test('the number of streams is bounded, and a place is free again when a reader leaves', async (t) => {
  const { port } = await setUp(t, { maxStreams: 2 });
  const [first, second] = [await openRaw({ port }), await openRaw({ port })];
  for (const client of [first, second]) {
    client.send(ask);
    await client.until('event: status');
  }
  const third = await openRaw({ port });
  third.send(ask);
  t.match(await third.until('too many event streams are open\n'), /^HTTP\/1\.1 503 /);
  first.socket.destroy();
  let isIn = false;
  for (let tries = 0; !isIn && tries < 1_000; tries += 1) {
    const next = await openRaw({ port });
    next.send(ask);
    isIn = (await next.until('\r\n\r\n')).startsWith('HTTP/1.1 200');
    next.socket.destroy();
  }
  t.ok(isIn);
  for (const client of [second, third]) client.socket.destroy();
});

t.test('a quiet stream has a heartbeat', async (t) => {
  const { port } = await setUp(t, { heartbeatMs: 10 });
  const client = await openRaw({ port });
  client.send(ask);
  t.ok(await client.until(': heartbeat\n\n', 2));
  client.socket.destroy();
});

t.test('a reader that does not keep up is dropped', async (t) => {
  const { source, port } = await setUp(t);
  const client = await openRaw({ port });
  client.send(ask);
  await client.until('event: status');
  client.socket.pause();
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  client.socket.once('close', () => resolve());
  // Far more than the kernel keeps for a socket.
  for (let count = 0; count < 400; count += 1) source.tell(told('x'.repeat(50_000)));
  client.socket.resume();
  await closed;
  t.pass('the server ended the stream');
});

t.test('transitions of a crowd without readers cost nothing, and closing unsubscribes', async (t) => {
  const { source, http } = await setUp(t);
  source.tell(told('nobody listens'));
  t.equal(source.listeners(), 2);
  await http.close();
  await eventually(() => source.listeners() === 0);
  t.equal(source.listeners(), 0);
});
