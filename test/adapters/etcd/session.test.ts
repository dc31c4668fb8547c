/** One connection, several calls at a time, against a gRPC server on loopback that knows no method and answers when it is told to. */
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { createEtcdSession } from '../../../src/adapters/etcd/session.ts';
import { range } from '../../../src/adapters/grpc/protos/etcd.ts';

/** Answers every call with an empty message once `answer` is called; counts its connections. */
async function serve(t: Test) {
  const waiting: (() => void)[] = [];
  let connections = 0;
  const server = createServer();
  server.on('session', (session) => {
    connections += 1;
    t.teardown(() => session.destroy());
  });
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    waiting.push(() => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.alloc(5));
    });
    asked();
  });
  let asked = (): void => undefined;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  t.teardown(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    connections: () => connections,
    /** Resolves once so many calls wait for their answers. */
    waitFor: (count: number): Promise<void> =>
      new Promise((done) => {
        asked = () => waiting.length >= count && done();
        asked();
      }),
    answerFirst: () => waiting.shift()?.(),
    answer: () => {
      for (const one of waiting.splice(0)) one();
    },
  };
}

const request = { key: Buffer.from('a') };

t.test('a call that is taken back leaves the connection to the others', async (t) => {
  const server = await serve(t);
  const session = createEtcdSession({ endpoints: [server.endpoint], ca: null, cert: null, key: null });
  t.teardown(() => session.close());
  const taken = new AbortController();
  const first = session.call(range, request, taken.signal);
  const second = session.call(range, request, new AbortController().signal);
  await server.waitFor(2);
  taken.abort();
  await t.rejects(first, { name: 'AbortError' });
  server.answer();
  t.match(await second, { count: '0' }, 'the other call is answered');
  const third = session.call(range, request, new AbortController().signal);
  await server.waitFor(1);
  server.answer();
  await third;
  t.equal(server.connections(), 1, 'and the next one goes the same way');
});

t.test('a call that is late while others are answered leaves the connection as well', async (t) => {
  const server = await serve(t);
  const session = createEtcdSession({ endpoints: [server.endpoint], ca: null, cert: null, key: null });
  t.teardown(() => session.close());
  const call = (signal: AbortSignal) => session.call(range, request, signal);
  const patient = new AbortController().signal;
  const other = call(patient);
  const slow = new AbortController();
  const late = call(slow.signal);
  await server.waitFor(2);
  server.answerFirst();
  await other;
  const third = call(patient);
  await server.waitFor(2);
  slow.abort(new DOMException('late', 'TimeoutError'));
  await t.rejects(late, { name: 'TimeoutError' });
  server.answer();
  t.match(await third, { count: '0' });
  t.equal(server.connections(), 1);
});

t.test(
  'a call without an answer in time gives the connection up, and the next goes to the next endpoint',
  async (t) => {
    const [silent, other] = [await serve(t), await serve(t)];
    const endpoints = [silent.endpoint, other.endpoint];
    const session = createEtcdSession({ endpoints, ca: null, cert: null, key: null });
    t.teardown(() => session.close());
    const late = new AbortController();
    const first = session.call(range, request, late.signal);
    await silent.waitFor(1);
    late.abort(new DOMException('late', 'TimeoutError'));
    await t.rejects(first, { name: 'TimeoutError' });
    const second = session.call(range, request, new AbortController().signal);
    await other.waitFor(1);
    other.answer();
    await second;
    t.equal(other.connections(), 1);
  },
);
