import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import t, { type Test } from 'tap';
import { lookHttp } from '../../../src/adapters/http/look.ts';
import type { TargetOf } from '../../../src/adapters/probe/look.ts';
import {
  answering,
  createPeer,
  fixture,
  freePort,
  lookOnce,
  makeFolder,
  makeHangingFile,
  plentyMs,
  recordedReply,
  refusing,
  shortMs,
  silent,
} from '../probe/stage.ts';

const base: TargetOf<'http'> = {
  kind: 'http',
  url: 'http://127.0.0.1/',
  socket: null,
  expect: [200],
  ca: null,
  insecure: false,
};

const tlsFolder = join(import.meta.dirname, '../../fixtures/tls');
const ca = join(tlsFolder, 'ca.pem');

const look = (target: Partial<TargetOf<'http'>>, timeoutMs = plentyMs) =>
  lookOnce((context) => lookHttp({ ...base, ...target }, context), timeoutMs);

const page = (status: string, body = 'hello'): string =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

async function lookAtReply(t: Test, reply: string, expect: readonly number[] = [200], timeoutMs = plentyMs) {
  const peer = await createPeer(t, answering(reply));
  return look({ url: `http://127.0.0.1:${peer.port}/healthz`, expect }, timeoutMs);
}

t.test('the status alone decides', async (t) => {
  t.match(await lookAtReply(t, page('200 OK')), { verdict: 'healthy', reason: 'probe.ok', detail: '200 OK' });
  t.match(await lookAtReply(t, page('204 No Content', ''), [200, 204]), { reason: 'probe.ok' });
  t.match(await lookAtReply(t, page('500 Oops', 'broken')), {
    verdict: 'unhealthy',
    reason: 'probe.http-status',
    detail: '500 Oops: broken (expected 200)',
  });
  t.match(await lookAtReply(t, page('503 Service Unavailable'), [503]), { reason: 'probe.ok' });
});

t.test('a redirect is not followed', async (t) => {
  const reply = 'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n';
  t.match(await lookAtReply(t, reply), { reason: 'probe.http-status', detail: /^302/ });
  t.match(await lookAtReply(t, reply, [302]), { reason: 'probe.ok' });
});

t.test('not being let in says nothing of the component, unless it is expected', async (t) => {
  for (const status of ['401 Unauthorized', '403 Forbidden', '407 Proxy Authentication Required'])
    t.match(await lookAtReply(t, page(status)), { verdict: 'unknown', reason: 'probe.denied' });
  t.match(await lookAtReply(t, page('403 Forbidden'), [403]), { verdict: 'healthy', reason: 'probe.ok' });
});

t.test('recorded replies of a kubelet', async (t) => {
  const ok = await lookAtReply(t, recordedReply('kubelet-1.36/kubelet-healthz.http'));
  t.match(ok, { verdict: 'healthy', reason: 'probe.ok', detail: '200 OK' });
  t.match(await lookAtReply(t, recordedReply('kubelet-1.36/kubelet-healthz-verbose.http')), { reason: 'probe.ok' });
  t.match(
    await lookAtReply(t, recordedReply('kubelet-1.36/kubelet-healthz-runtime-down.http')),
    { reason: 'probe.ok' },
    'the kubelet says ok while its runtime is down: that is not its fault',
  );
  t.match(await lookAtReply(t, recordedReply('kubelet-1.36/kubelet-healthz-syncloop.http')), {
    reason: 'probe.http-status',
    detail: '404 Not Found: 404 page not found (expected 200)',
  });
});

t.test('nobody listens', async (t) => {
  t.match(await look({ url: `http://127.0.0.1:${await freePort(t)}/` }), {
    verdict: 'unhealthy',
    reason: 'probe.refused',
  });
});

t.test('the connection breaks', async (t) => {
  const peer = await createPeer(t, refusing);
  t.match(await look({ url: `http://127.0.0.1:${peer.port}/` }), { verdict: 'unhealthy', reason: 'probe.reset' });
  t.match(await lookAtReply(t, ''), { reason: 'probe.reset' }, 'closed without a word');
  t.match(await lookAtReply(t, 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'), { reason: 'probe.reset' });
});

t.test('a server that accepts and says nothing, as the kernel does for a stopped one', async (t) => {
  const peer = await createPeer(t, silent);
  t.match(await look({ url: `http://127.0.0.1:${peer.port}/` }, shortMs), {
    verdict: 'unhealthy',
    reason: 'probe.timeout',
  });
  await peer.until(() => peer.open() === 0);
  t.pass('and the connection is given up');
});

t.test('a body that does not end is a timeout, however good its status', async (t) => {
  const peer = await createPeer(t, (socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'));
  });
  t.match(await look({ url: `http://127.0.0.1:${peer.port}/` }, shortMs), { reason: 'probe.timeout' });
});

t.test('a head that does not end is a timeout', async (t) => {
  const peer = await createPeer(t, (socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nX-Slow: '));
  });
  t.match(await look({ url: `http://127.0.0.1:${peer.port}/` }, shortMs), { reason: 'probe.timeout' });
});

t.test('of a huge body the rest is not waited for', async (t) => {
  const peer = await createPeer(t, (socket) => {
    socket.on('data', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const more = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(16_384)));
      };
      socket.on('drain', more);
      more();
    });
  });
  t.match(await look({ url: `http://127.0.0.1:${peer.port}/` }), { verdict: 'healthy', reason: 'probe.ok' });
  await peer.until(() => peer.open() === 0);
  t.pass('and the connection is ended');
});

t.test('what is not HTTP is a bad reply', async (t) => {
  t.match(await lookAtReply(t, 'SSH-2.0-OpenSSH_9.2\r\n'), { verdict: 'unhealthy', reason: 'probe.bad-reply' });
  t.match(await lookAtReply(t, `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`), { reason: 'probe.bad-reply' });
});

t.test('every look is a fresh connection', async (t) => {
  const peer = await createPeer(t, answering(page('200 OK')));
  for (const _ of [1, 2, 3]) await look({ url: `http://127.0.0.1:${peer.port}/` });
  t.equal(peer.count(), 3);
});

t.test('a name that does not resolve says nothing of the component', async (t) => {
  // A label beyond 63 characters is refused by the resolver itself, without asking the network.
  t.match(await look({ url: `http://${'a'.repeat(64)}.invalid/` }), {
    verdict: 'unknown',
    reason: 'probe.no-address',
  });
});

t.test('over a unix socket', async (t) => {
  const folder = makeFolder(t);
  const socket = join(folder, 'a.sock');
  const url = 'http://localhost/healthz';
  t.match(await look({ url, socket }), { verdict: 'unhealthy', reason: 'probe.no-socket' });
  const peer = await createPeer(t, answering(page('200 OK')), socket);
  t.match(await look({ url, socket }), { verdict: 'healthy', reason: 'probe.ok' });
  await peer.close();
  writeFileSync(join(folder, 'plain'), '');
  t.match(await look({ url, socket: join(folder, 'plain') }), { reason: 'probe.refused' }, 'a file that is no socket');
});

async function createTlsPeer(t: Test, options: TlsOptions): Promise<string> {
  const server = createTlsServer(options, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(page('200 OK')));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const identity = { key: fixture('tls/server.key'), cert: fixture('tls/server.pem') };

t.test('TLS', async (t) => {
  const url = await createTlsPeer(t, identity);
  t.match(await look({ url, ca }), { verdict: 'healthy', reason: 'probe.ok' }, 'an authority that is trusted');
  t.match(await look({ url, insecure: true }), { reason: 'probe.ok' }, 'no authority asked for');
  t.match(await look({ url }), { verdict: 'unknown', reason: 'probe.tls' }, 'an authority that is not known');
  const other = join(tlsFolder, 'other-ca.pem');
  t.match(await look({ url, ca: other }), { verdict: 'unknown', reason: 'probe.tls' }, 'the wrong authority');
});

t.test('TLS that cannot be', async (t) => {
  const expired = await createTlsPeer(t, { ...identity, cert: fixture('tls/expired.pem') });
  t.match(await look({ url: expired, ca }), { verdict: 'unknown', reason: 'probe.tls', detail: /EXPIRED/ });
  const plain = await createPeer(t, answering(page('200 OK')));
  t.match(await look({ url: `https://127.0.0.1:${plain.port}/`, ca }), { verdict: 'unknown', reason: 'probe.tls' });
  const mute = await createPeer(t, silent);
  t.match(await look({ url: `https://127.0.0.1:${mute.port}/`, ca }, shortMs), {
    verdict: 'unhealthy',
    reason: 'probe.timeout',
  });
});

t.test('the authority is read anew for every look', async (t) => {
  const url = await createTlsPeer(t, identity);
  const file = join(makeFolder(t), 'ca.pem');
  t.match(await look({ url, ca: file }), {
    verdict: 'unknown',
    reason: 'probe.tls',
    detail: /cannot read the CA file/,
  });
  writeFileSync(file, 'no certificate');
  t.match(await look({ url, ca: file }), { verdict: 'unknown', reason: 'probe.tls' });
  writeFileSync(file, Buffer.alloc(2 * 1024 * 1024));
  t.match(await look({ url, ca: file }), { verdict: 'unknown', reason: 'probe.tls', detail: /larger than/ });
  writeFileSync(file, fixture('tls/ca.pem'));
  t.match(await look({ url, ca: file }), { verdict: 'healthy', reason: 'probe.ok' });
});

t.test('an authority on a disk that does not answer says nothing of the component', async (t) => {
  const url = await createTlsPeer(t, identity);
  const file = makeHangingFile(t);
  t.match(await look({ url, ca: file }, shortMs), {
    verdict: 'unknown',
    reason: 'probe.failed',
    detail: `cannot read the CA file ${file} in time`,
  });
});
