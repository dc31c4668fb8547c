/** Who may read on `listen`, with the fixtures' certificates and real connections. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { createServer, type RequestOptions, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createCertificates } from '../../src/serve/certificates.ts';
import { createHttp } from '../../src/serve/http.ts';
import { defaultLimits } from '../../src/serve/limits.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import type { Protection } from '../../src/serve/protection.ts';
import { eventually } from './raw.ts';
import { createStandIn } from './stand-in.ts';

const fixture = (name: string): string => join(import.meta.dirname, '../fixtures/tls', name);
const ca = readFileSync(fixture('ca.pem'));
const client = { cert: readFileSync(fixture('client.pem')), key: readFileSync(fixture('client.key')) };
const tls = { cert: fixture('server.pem'), key: fixture('server.key') };

async function serve(t: Test, protection: Protection) {
  const source = createStandIn();
  const http = createHttp(source, createMetrics(), defaultLimits, protection);
  t.teardown(() => http.close());
  return { source, port: await http.listen('127.0.0.1:0') };
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly challenge: string | undefined;
}

function get(port: number, path: string, options: RequestOptions & { readonly plain?: boolean } = {}): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const { plain = false, ...rest } = options;
  const begin = plain ? plainRequest : request;
  const asked = begin({ host: '127.0.0.1', port, path, agent: false, ca, ...rest }, (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      body += text;
    });
    const { statusCode: status = 0, headers } = response;
    response.on('end', () => resolve({ status, body, challenge: headers['www-authenticate'] }));
  });
  asked.on('error', reject);
  asked.end();
  return promise;
}

const healthPaths = ['/livez', '/readyz', '/healthz', '/readyz?verbose', '/readyz/kubelet'];
const guardedPaths = ['/', '/metrics', '/api/v1/status', '/api/v1/incidents', '/api/v1/events', '/nothing', '/livezx'];
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

t.test('with tls every path is answered over TLS alone, to everybody', async (t) => {
  const { port } = await serve(t, { tls });
  for (const path of [...healthPaths, '/', '/metrics']) t.equal((await get(port, path)).status, 200, path);
  await t.rejects(get(port, '/readyz', { plain: true }), 'not without TLS');
  await t.rejects(get(port, '/readyz', { ca: readFileSync(fixture('other-ca.pem')) }), /verif|self.signed|issuer/i);
});

t.test('with a clientCa only clients with its certificate read more than the health checks', async (t) => {
  const { port } = await serve(t, { tls: { ...tls, clientCa: fixture('ca.pem') } });
  for (const path of healthPaths) t.equal((await get(port, path)).status, 200, path);
  for (const path of guardedPaths) {
    t.match(await get(port, path), { status: 403, body: '403 a client certificate is needed\n' }, path);
  }
  t.equal((await get(port, '/metrics', client)).status, 200);
  const { port: other } = await serve(t, { tls: { ...tls, clientCa: fixture('other-ca.pem') } });
  t.equal((await get(other, '/metrics', client)).status, 403, "another authority's certificate is none");
});

t.test('with a token only clients that show it read more than the health checks', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-token-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const bearerTokenFile = join(folder, 'token');
  writeFileSync(bearerTokenFile, 'first-token\n');
  const { port, source } = await serve(t, { bearerTokenFile });
  const ask = (path: string, headers = {}) => get(port, path, { plain: true, ...headers });
  for (const path of healthPaths) t.equal((await ask(path)).status, 200, path);
  for (const path of guardedPaths) t.match(await ask(path), { status: 401, challenge: 'Bearer' }, path);
  t.equal((await ask('/metrics', bearer('first-token'))).status, 200);
  for (const wrong of ['first-toke', 'first-token2', '']) t.equal((await ask('/metrics', bearer(wrong))).status, 401);

  writeFileSync(bearerTokenFile, 'second-token');
  source.show({ nowMs: source.view().nowMs + 1_000 });
  t.equal((await ask('/metrics', bearer('first-token'))).status, 401, 'a rotated token');
  t.equal((await ask('/metrics', bearer('second-token'))).status, 200);

  rmSync(bearerTokenFile);
  source.show({ nowMs: source.view().nowMs + 1_000 });
  t.match(await ask('/metrics', bearer('second-token')), { status: 503, body: /the token cannot be read/ });
  t.equal((await ask('/readyz')).status, 200, 'a token that vanished costs the load balancers nothing');
});

t.test('a token and a clientCa: either is enough', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-token-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'token'), 'secret');
  const { port } = await serve(t, {
    tls: { ...tls, clientCa: fixture('ca.pem') },
    bearerTokenFile: join(folder, 'token'),
  });
  t.equal((await get(port, '/metrics')).status, 401);
  t.equal((await get(port, '/metrics', client)).status, 200);
  t.equal((await get(port, '/metrics', bearer('secret'))).status, 200);
});

t.test('certificate files that cannot be used are one clear sentence', async (t) => {
  const listen = (files: typeof tls) =>
    createHttp(createStandIn(), createMetrics(), defaultLimits, { tls: files }).listen('127.0.0.1:0');
  await t.rejects(listen({ ...tls, cert: '/nowhere.pem' }), {
    message: 'cannot read /nowhere.pem: ENOENT; give tls files that root can read',
  });
  await t.rejects(listen({ ...tls, key: fixture('client.key') }), {
    message: /^cannot use .*server\.pem, .*client\.key for TLS: /,
  });
});

t.test('new certificate files are taken, bad ones leave the old in force', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-tls-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  copyFileSync(fixture('expired.pem'), files.cert);
  copyFileSync(tls.key, files.key);
  const refused: string[] = [];
  const server = createServer((_request, response) => response.end('ok'));
  const certificates = createCertificates(server, files, (sentence) => refused.push(sentence), 10);
  t.teardown(() => {
    certificates.close();
    server.close();
  });
  await certificates.load();
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  const { port } = server.address() as AddressInfo;
  await t.rejects(get(port, '/'), /expired/);
  writeFileSync(files.cert, 'nonsense');
  await eventually(() => refused.length > 0);
  t.match(refused, [/^cannot use .*tls\.crt.* for TLS: .*; the certificate that was in force stays$/]);
  await t.rejects(get(port, '/'), /expired/);
  copyFileSync(tls.cert, files.cert);
  const isRenewed = (): Promise<boolean> =>
    get(port, '/').then(
      ({ status }) => status === 200,
      () => false,
    );
  while (!(await isRenewed()));
  t.equal(refused.length, 1, 'each reason is told once');
});
