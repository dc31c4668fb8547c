import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parseEndpoints } from '../../../src/adapters/apiservers/find.ts';
import { failedChecks, judge, judgeLive, judgeReady, lookAtServer } from '../../../src/adapters/apiservers/look.ts';
import type { PageAnswer } from '../../../src/adapters/http/page.ts';
import { createAccounts } from '../../../src/adapters/kubernetes/accounts.ts';
import { finding } from '../../../src/adapters/probe/finding.ts';
import { freePort, plentyMs } from '../probe/stage.ts';

const tlsFolder = join(import.meta.dirname, '../../fixtures/tls');

const page = (status: number, body = ''): PageAnswer => ({
  ok: true,
  reply: { status, statusText: '', body, cut: false },
});

// As kube-apiserver 1.36 writes it: every line, with why withheld.
const failing = (path: string, ...names: string[]): string =>
  `[+]ping ok\n[+]log ok\n${names.map((name) => `[-]${name} failed: reason withheld\n`).join('')}${path} check failed\n`;

t.test('what an API server says of itself', async (t) => {
  t.match(judgeReady(page(200, 'ok')), { state: 'ready', reason: 'apiserver.ready' });
  t.match(judgeReady(page(500, failing('readyz', 'etcd', 'etcd-readiness'))), {
    state: 'impaired',
    reason: 'apiserver.impaired',
    detail: '500: etcd, etcd-readiness',
    stopping: false,
  });
  t.match(judgeReady(page(500, failing('readyz', 'kms-provider-0'))), { state: 'impaired' });
  t.match(judgeReady(page(500, failing('readyz', 'etcd', 'informer-sync'))), { state: 'failing' });
  t.match(judgeReady(page(500, failing('readyz', 'shutdown'))), { state: 'failing', stopping: true });
  t.match(judgeReady(page(503, 'no healthy upstream')), { state: 'failing', detail: '503: no healthy upstream' });
  t.match(judgeReady(page(401, '{}')), { state: 'unknown', reason: 'apiserver.unknown' });
  t.match(judgeReady(page(403, '{}')), { state: 'unknown' });
  t.match(judgeReady({ ok: false, why: finding('probe.refused') }), { state: 'unreachable' });
  t.match(judgeReady({ ok: false, why: finding('probe.tls', 'self-signed') }), { state: 'unknown' });
  t.same(failedChecks('[-]poststarthook/rbac/bootstrap-roles failed: x\n [-]no failed'), [
    'poststarthook/rbac/bootstrap-roles',
  ]);
});

t.test('/livez by its own rules', async (t) => {
  t.equal(judgeLive(page(200, 'ok')), true);
  t.equal(judgeLive(page(500, failing('livez', 'etcd'))), true, 'a frozen etcd does not kill it');
  t.equal(judgeLive(page(500, failing('livez', 'ping'))), false);
  t.equal(judgeLive(page(401)), null);
  t.equal(judgeLive({ ok: false, why: finding('probe.timeout') }), false);
  const late: PageAnswer = { ok: false, why: finding('probe.timeout') };
  t.match(judge(late, page(200), 0), { state: 'failing', live: true }, 'alive and silent about its readiness');
  t.match(judge(page(200), late, 0), { state: 'failing', live: false });
  t.match(judge(late, late, 0), { state: 'unreachable', live: false });
});

t.test('the endpoints of the service kubernetes', async (t) => {
  const slice = {
    endpoints: [
      { addresses: ['10.77.0.12'] },
      { addresses: ['10.77.0.11', 'fd00::1'] },
      { addresses: ['not an address'] },
    ],
    ports: [{ name: 'https', port: 6443 }],
  };
  t.same(parseEndpoints(slice), ['https://10.77.0.11:6443', 'https://10.77.0.12:6443', 'https://[fd00::1]:6443']);
  for (const odd of [{}, { endpoints: null, ports: [] }, { endpoints: [null], ports: [{ port: 99_999 }] }])
    t.same(parseEndpoints(odd), []);
});

async function serve(t: Test, answers: Readonly<Record<string, readonly [number, string]>>) {
  const read = (name: string) => readFileSync(join(tlsFolder, name));
  const asked: (string | undefined)[] = [];
  const server = createServer({ key: read('server.key'), cert: read('server.pem') }, (request, response) => {
    asked.push(request.headers.authorization);
    const [status, body] = answers[request.url ?? ''] ?? [404, ''];
    response.writeHead(status).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  const accounts = createAccounts(() => performance.now());
  t.teardown(() => accounts.close());
  const look = (changes: object) =>
    lookAtServer(
      {
        type: 'apiserver.look',
        url: `https://127.0.0.1:${port}`,
        kubeconfig: null,
        ca: join(tlsFolder, 'ca.pem'),
        insecure: false,
        timeoutMs: plentyMs,
        ...changes,
      },
      accounts,
      () => 42,
    );
  return { look, asked };
}

t.test('a server is looked at over TLS that is checked', async (t) => {
  const { look } = await serve(t, { '/readyz': [200, 'ok'], '/livez': [200, 'ok'] });
  t.match(await look({}), { state: 'ready', live: true, startedAtMs: 42 });
  t.match(await look({ ca: join(tlsFolder, 'other-ca.pem') }), { state: 'unknown', detail: /probe\.tls/ });
  t.match(await look({ ca: null }), { state: 'unknown' }, 'no public authority knows it');
  t.match(await look({ ca: null, insecure: true }), { state: 'ready' });
  t.match(await look({ ca: '/nowhere' }), { state: 'unknown', detail: /cannot read \/nowhere/ });
  t.match(await look({ kubeconfig: '/nowhere' }), { state: 'unknown', detail: /\/nowhere/ });
  t.match(await look({ url: `https://127.0.0.1:${await freePort(t)}` }), { state: 'unreachable', live: false });
});
