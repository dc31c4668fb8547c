import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import t, { type Test } from 'tap';
import { healthUrl, lookHealth, parseHealth } from '../../../src/adapters/etcd/health.ts';
import {
  answering,
  createPeer,
  fixture,
  freePort,
  lookOnce,
  makeFolder,
  plentyMs,
  recordedReply,
  refusing,
  shortMs,
  silent,
} from '../probe/stage.ts';

const tlsFolder = join(import.meta.dirname, '../../fixtures/tls');
const plain = { ca: null, cert: null, key: null, look: 'health' } as const;

const look = (url: string, credentials: Partial<Record<'ca' | 'cert' | 'key', string>> = {}, timeoutMs = plentyMs) =>
  lookOnce((context) => lookHealth({ kind: 'etcd', url, ...plain, ...credentials }, context), timeoutMs);

async function lookAtReply(t: Test, reply: string) {
  const peer = await createPeer(t, answering(reply));
  return look(`http://127.0.0.1:${peer.port}`);
}

const page = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

t.test('recorded replies of an etcd', async (t) => {
  t.match(await lookAtReply(t, recordedReply('etcd-3.5/health.http')), { verdict: 'healthy', reason: 'probe.ok' });
  t.match(await lookAtReply(t, recordedReply('etcd-3.5/health-old-path.http')), {
    verdict: 'unhealthy',
    reason: 'probe.http-status',
    detail: '404 Not Found: 404 page not found (expected 200)',
  });
});

t.test('what etcd says of itself', async (t) => {
  t.match(await lookAtReply(t, page('503 Service Unavailable', '{"health":"false","reason":"ALARM NOSPACE"}')), {
    verdict: 'unhealthy',
    reason: 'probe.not-ready',
    detail: 'ALARM NOSPACE',
  });
  t.match(await lookAtReply(t, page('503 Service Unavailable', '{"health":"false"}')), {
    verdict: 'unhealthy',
    reason: 'probe.not-ready',
    detail: 'etcd says health false',
  });
  t.match(await lookAtReply(t, page('200 OK', '{"health":"false"}')), { verdict: 'unhealthy' }, 'its word counts');
  t.match(await lookAtReply(t, page('200 OK', '{"health":true}')), { verdict: 'healthy' }, 'members before 3.3');
});

t.test('answers that are not etcd’s', async (t) => {
  for (const body of ['', 'ok', 'null', '[]', '{}', '{"health":1}', '{"health":{}}', '{'])
    t.match(await lookAtReply(t, page('200 OK', body)), { verdict: 'unhealthy', reason: 'probe.bad-reply' }, body);
  t.match(await lookAtReply(t, page('500 Oops', '{"health":"true"}')), { reason: 'probe.http-status' });
  t.match(await lookAtReply(t, page('401 Unauthorized', '')), { verdict: 'unknown', reason: 'probe.denied' });
  t.match(await lookAtReply(t, 'no http\r\n\r\n'), { verdict: 'unhealthy', reason: 'probe.bad-reply' });
  t.equal(parseHealth('{"health":"true","reason":7}')?.reason, '');
});

t.test('no answer', async (t) => {
  t.match(await look(`http://127.0.0.1:${await freePort(t)}`), { verdict: 'unhealthy', reason: 'probe.refused' });
  const broken = await createPeer(t, refusing);
  t.match(await look(`http://127.0.0.1:${broken.port}`), { verdict: 'unhealthy', reason: 'probe.reset' });
  const stopped = await createPeer(t, silent);
  t.match(await look(`http://127.0.0.1:${stopped.port}`, {}, shortMs), {
    verdict: 'unhealthy',
    reason: 'probe.timeout',
  });
  await stopped.until(() => stopped.open() === 0);
});

t.test('the read does not go through the cluster', async (t) => {
  t.equal(healthUrl('http://127.0.0.1:2379'), 'http://127.0.0.1:2379/health?serializable=true');
  t.equal(healthUrl('https://a:2381/'), 'https://a:2381/health?serializable=true');
  t.equal(healthUrl('http://a:1/livez?exclude=x'), 'http://a:1/livez?exclude=x', 'a path of its own is kept');
  let head = '';
  const peer = await createPeer(t, (socket) => {
    socket.once('data', (data) => {
      head = data.toString('latin1');
      socket.end(page('200 OK', '{"health":"true"}'));
    });
  });
  await look(`http://127.0.0.1:${peer.port}`);
  t.match(head, /^GET \/health\?serializable=true HTTP\/1\.1\r\n/);
});

/** An etcd that asks for a client's certificate, as kubeadm's does on 2379. */
async function createStrictEtcd(t: Test): Promise<string> {
  const server = createTlsServer(
    {
      key: fixture('tls/server.key'),
      cert: fixture('tls/server.pem'),
      ca: fixture('tls/ca.pem'),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(page('200 OK', '{"health":"true"}')));
    },
  );
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test('an etcd that asks who we are', async (t) => {
  const url = await createStrictEtcd(t);
  const [ca, cert, key] = [join(tlsFolder, 'ca.pem'), join(tlsFolder, 'client.pem'), join(tlsFolder, 'client.key')];
  t.match(await look(url, { ca, cert, key }), { verdict: 'healthy', reason: 'probe.ok' });
  const unknown = { verdict: 'unknown', reason: 'probe.tls' };
  t.match(await look(url, { ca }), unknown, 'without a certificate of ours');
  t.match(await look(url, { cert, key }), unknown, 'without its authority');
  t.match(await look(url, { ca, cert, key: join(makeFolder(t), 'none') }), unknown, 'without the key');
  t.match(await look(url, { ca, cert, key: join(tlsFolder, 'server.key') }), unknown, 'with the wrong key');
});
