import t from 'tap';
import { lookTcp } from '../../../src/adapters/tcp/look.ts';
import { createPeer, freePort, lookOnce, silent } from '../probe/stage.ts';

const look = (port: number, host = '127.0.0.1') => lookOnce((context) => lookTcp({ kind: 'tcp', host, port }, context));

t.test('somebody listens', async (t) => {
  const peer = await createPeer(t, silent);
  t.match(await look(peer.port), { verdict: 'healthy', reason: 'probe.ok', detail: `127.0.0.1 port ${peer.port}` });
  await peer.until(() => peer.count() === 1 && peer.open() === 0);
  t.pass('and the connection is ended');
});

t.test('nobody listens', async (t) => {
  t.match(await look(await freePort(t)), { verdict: 'unhealthy', reason: 'probe.refused' });
});

t.test('a name that does not resolve', async (t) => {
  t.match(await look(1, `${'a'.repeat(64)}.invalid`), { verdict: 'unknown', reason: 'probe.no-address' });
});

t.test('a port that is none', async (t) => {
  t.match(await look(70_000), { verdict: 'unknown', reason: 'probe.failed' });
});
