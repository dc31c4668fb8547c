import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { lookHttp } from '../../../src/adapters/http/look.ts';
import { findAddresses, type ResolveName } from '../../../src/adapters/probe/address.ts';
import { finding } from '../../../src/adapters/probe/finding.ts';
import { lookTcp } from '../../../src/adapters/tcp/look.ts';
import { createPeer, lookOnce, plentyMs, shortMs, silent } from './stage.ts';

const found = (resolve: ResolveName, timeoutMs: number) =>
  lookOnce(async (context) => {
    await findAddresses('a.example', context, resolve);
    return finding('probe.ok');
  }, timeoutMs);

t.test('a name service that does not answer says nothing of the component', async (t) => {
  t.match(await found(() => new Promise(() => undefined), shortMs), {
    verdict: 'unknown',
    reason: 'probe.no-address',
    detail: 'the name a.example was not resolved in time',
  });
});

t.test('nor does one that knows no such name, or has trouble of its own', async (t) => {
  for (const code of ['ENOTFOUND', 'EAI_AGAIN'])
    t.match(await found(() => Promise.reject(Object.assign(new Error(code), { code })), plentyMs), {
      verdict: 'unknown',
      reason: 'probe.no-address',
    });
});

t.test('a name with several addresses is looked at under all of them', async (t) => {
  const server = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  // localhost is ::1 too on most machines, where nobody listens.
  const target = { kind: 'http', socket: null, expect: [200], ca: null, insecure: false } as const;
  const url = `http://localhost:${port}/`;
  t.match(await lookOnce((context) => lookHttp({ ...target, url }, context)), { verdict: 'healthy' });
  const peer = await createPeer(t, silent);
  t.match(await lookOnce((context) => lookTcp({ kind: 'tcp', host: 'localhost', port: peer.port }, context)), {
    verdict: 'healthy',
    detail: `127.0.0.1 port ${peer.port}`,
  });
});

t.test('addresses are not looked up', async (t) => {
  const context = { signal: new AbortController().signal, tell: () => undefined };
  const never: ResolveName = () => Promise.reject(new Error('it was looked up'));
  for (const host of ['127.0.0.1', '::1', '[::1]']) t.type(await findAddresses(host, context, never), 'function');
});
