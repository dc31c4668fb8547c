import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { stringify } from 'yaml';
import { createAccounts } from '../../../src/adapters/kubernetes/accounts.ts';
import { lookAtInstance, parseLeads } from '../../../src/adapters/leaders/instance.ts';
import { lookAtLease, parseLease } from '../../../src/adapters/leaders/lease.ts';
import { openStandIn } from '../kubernetes/stand-in.ts';
import { makeFolder, plentyMs } from '../probe/stage.ts';

const fixtures = join(import.meta.dirname, '../../fixtures');
const recorded = (name: string): string => readFileSync(join(fixtures, 'kubernetes-1.36', name), 'utf8');
const bodyOf = (name: string): string =>
  recorded(name)
    .split(/\r?\n\r?\n/)
    .at(-1) ?? '';

function kubeconfig(t: Test, server: string, token: string): string {
  const path = join(makeFolder(t), 'kubeconfig');
  writeFileSync(
    path,
    stringify({
      'current-context': 'here',
      contexts: [{ name: 'here', context: { cluster: 'here', user: 'here' } }],
      clusters: [{ name: 'here', cluster: { server } }],
      users: [{ name: 'here', user: { token } }],
    }),
  );
  return path;
}

function accountsOf(t: Test) {
  const accounts = createAccounts(() => performance.now());
  t.teardown(() => accounts.close());
  return accounts;
}

t.test("a recorded scheduler's Lease", async (t) => {
  const record = parseLease(JSON.parse(bodyOf('lease-get-scheduler.http')));
  t.match(record, { holder: 'a_3825d1b3-d809-4e1e-8338-26b0114aec99', durationMs: 15_000, transitions: 0 });
  const annotated = JSON.parse(bodyOf('lease-get-scheduler.http'));
  annotated.metadata.resourceVersion = '9999';
  t.equal(parseLease(annotated).version, record.version, 'an annotation is no renewal');
  annotated.spec.renewTime = '2026-11-22T22:23:34.204928Z';
  t.not(parseLease(annotated).version, record.version);
  for (const odd of [{}, { spec: null }, { spec: { holderIdentity: 7, leaseDurationSeconds: 'x' } }])
    t.match(parseLease(odd), { holder: '', durationMs: 0, transitions: 0 });
});

t.test('the metric of recorded instances', async (t) => {
  t.equal(parseLeads(recorded('scheduler-metrics-excerpt.txt'), 'kube-scheduler'), true);
  t.equal(parseLeads(recorded('scheduler-standby-metrics-excerpt.txt'), 'kube-scheduler'), false);
  t.equal(parseLeads(recorded('controller-manager-metrics-excerpt.txt'), 'kube-controller-manager'), true);
  t.equal(parseLeads(recorded('controller-manager-metrics-excerpt.txt'), 'kube-scheduler'), null);
  t.equal(parseLeads('', 'kube-scheduler'), null);
});

t.test('a Lease is read, missed, or cannot be read', async (t) => {
  const standIn = await openStandIn();
  t.teardown(() => standIn.close());
  const accounts = accountsOf(t);
  const look = (changes: object = {}) =>
    lookAtLease(
      {
        type: 'lease.look',
        check: 'kube-scheduler',
        namespace: 'kube-system',
        lease: 'kube-scheduler',
        kubeconfig: kubeconfig(t, standIn.url, 'admintoken'),
        timeoutMs: plentyMs,
        ...changes,
      },
      accounts,
      () => 42,
    );
  t.same(await look(), { known: true, record: null, startedAtMs: 42 });
  standIn.put({
    metadata: { name: 'kube-scheduler', namespace: 'kube-system' },
    spec: { holderIdentity: 'a_1', leaseDurationSeconds: 15, leaseTransitions: 3 },
  });
  t.match(await look(), { known: true, record: { holder: 'a_1', durationMs: 15_000, transitions: 3 } });
  standIn.set('forbid');
  t.match(await look(), { known: false, detail: String });
  t.match(await look({ kubeconfig: '/nowhere' }), { known: false, detail: /\/nowhere/ });
});

async function serve(t: Test, answers: Readonly<Record<string, readonly [number, string]>>) {
  const read = (name: string) => readFileSync(join(fixtures, 'tls', name));
  const server = createServer({ key: read('server.key'), cert: read('server.pem') }, (request, response) => {
    const wanted = request.url === '/metrics' && request.headers.authorization !== 'Bearer admintoken';
    const [status, body] = wanted ? [403, 'forbidden'] : (answers[request.url ?? ''] ?? [404, '']);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.teardown(() => server.close());
  const url = `https://127.0.0.1:${(server.address() as { port: number }).port}`;
  const accounts = accountsOf(t);
  return (kubeconfigPath: string) =>
    lookAtInstance(
      {
        type: 'instance.look',
        check: 'kube-scheduler',
        url,
        lease: 'kube-scheduler',
        kubeconfig: kubeconfigPath,
        timeoutMs: plentyMs,
      },
      accounts,
      () => 42,
    );
}

t.test('an instance says how it is, and to who may ask whether it leads', async (t) => {
  const pages = {
    '/healthz': [200, 'ok'],
    '/metrics': [200, recorded('scheduler-standby-metrics-excerpt.txt')],
  } as const;
  const look = await serve(t, pages);
  const known = kubeconfig(t, 'https://127.0.0.1:1', 'admintoken');
  t.same(await look(known), { health: 'healthy', detail: '', leads: false, startedAtMs: 42 });
  t.match(await look(kubeconfig(t, 'https://127.0.0.1:1', 'other')), { health: 'healthy', leads: null });
  t.match(await look('/nowhere'), { health: 'healthy', leads: null }, 'its health everybody may ask');
  const ill = await serve(t, {
    '/healthz': [500, '[-]leaderElection failed: reason withheld\nhealthz check failed\n'],
  });
  t.match(await ill(known), { health: 'unhealthy', leads: null, detail: /leaderElection/ });
  const closed = await serve(t, { '/healthz': [401, ''] });
  t.match(await closed(known), { health: 'unknown', leads: null });
});
