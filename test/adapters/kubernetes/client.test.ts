import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { stringify } from 'yaml';
import type { AccessSource } from '../../../src/adapters/kubernetes/access.ts';
import { createKubernetesClient, type KubernetesClient } from '../../../src/adapters/kubernetes/client.ts';
import { readAccess } from '../../../src/adapters/kubernetes/read-access.ts';
import { leases, pathOf } from '../../../src/adapters/kubernetes/reference.ts';
import type { WatchEvent } from '../../../src/adapters/kubernetes/watch.ts';
import { freePort, makeFolder, plentyMs, shortMs } from '../probe/stage.ts';
import { type Lease, openStandIn, type StandIn, type StandInOptions } from './stand-in.ts';

const tlsFolder = join(import.meta.dirname, '../../fixtures/tls');
const tlsFile = (name: string): Buffer => readFileSync(join(tlsFolder, name));
const where = pathOf(leases, 'kube-system', 'nodemend-reboot');
const collection = pathOf(leases, 'kube-system');
const lease: Lease = {
  metadata: { name: 'nodemend-reboot', namespace: 'kube-system' },
  spec: { holderIdentity: 'worker-1', leaseDurationSeconds: 15 },
};

/** Writes a kubeconfig and gives its path. */
function kubeconfig(t: Test, server: string, user: object, cluster: object = {}): string {
  const path = join(makeFolder(t), 'kubeconfig');
  const file = {
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'here' } }],
    clusters: [{ name: 'here', cluster: { server, ...cluster } }],
    users: [{ name: 'here', user }],
  };
  writeFileSync(path, stringify(file));
  return path;
}

function clientOf(t: Test, source: AccessSource, nowMs = () => performance.now()): KubernetesClient {
  const client = createKubernetesClient({ source, nowMs, env: {} });
  t.teardown(() => client.close());
  return client;
}

async function stage(t: Test, options: StandInOptions = {}): Promise<{ standIn: StandIn; client: KubernetesClient }> {
  const standIn = await openStandIn(options);
  t.teardown(() => standIn.close());
  const path = kubeconfig(t, standIn.url, { token: 'admintoken' });
  return { standIn, client: clientOf(t, { kind: 'kubeconfig', path }) };
}

async function troubleOf(answer: ReturnType<KubernetesClient['get']>): Promise<string> {
  const { ok, ...rest } = await answer;
  return ok ? 'none' : (rest as { trouble: string }).trouble;
}

t.test('what is created can be read and replaced, and an old version is told from the present one', async (t) => {
  const { client } = await stage(t);
  t.equal(await troubleOf(client.get(where, plentyMs)), 'missing');
  const created = await client.create(collection, lease, plentyMs);
  t.ok(created.ok);
  t.equal(await troubleOf(client.create(collection, lease, plentyMs)), 'exists');
  const object = created.ok ? created.object : {};
  t.ok((await client.replace(where, object, plentyMs)).ok);
  t.equal(await troubleOf(client.replace(where, object, plentyMs)), 'conflict');
  t.equal(await troubleOf(client.replace(where, lease, plentyMs)), 'invalid', 'without a resourceVersion');
  t.match(client.traffic(), { requests: 6, sentBytes: Number, receivedBytes: Number });
});

t.test('each trouble of the server has its own word', async (t) => {
  const { standIn, client } = await stage(t);
  standIn.set('forbid');
  t.equal(await troubleOf(client.get(where, plentyMs)), 'forbidden');
  standIn.set('overloaded');
  t.equal(await troubleOf(client.get(where, plentyMs)), 'busy');
  standIn.set('garbage');
  t.equal(await troubleOf(client.get(where, plentyMs)), 'bad-reply');
  standIn.set('refuse');
  t.equal(await troubleOf(client.get(where, plentyMs)), 'unreachable');
  standIn.set('silent');
  t.equal(await troubleOf(client.get(where, shortMs)), 'timeout');
  standIn.set('well');
  t.equal(await troubleOf(client.get('/apis/other/v1/things', plentyMs)), 'bad-reply', 'no such resource');
  const nobody = kubeconfig(t, `http://127.0.0.1:${await freePort(t)}`, { token: 'x' });
  t.equal(await troubleOf(clientOf(t, { kind: 'kubeconfig', path: nobody }).get(where, plentyMs)), 'unreachable');
});

t.test('a rotated token is read anew: after a while, and at once after a 401', async (t) => {
  const standIn = await openStandIn();
  t.teardown(() => standIn.close());
  const tokenFile = join(makeFolder(t), 'token');
  writeFileSync(tokenFile, 'admintoken\n');
  let nowMs = 0;
  const path = kubeconfig(t, standIn.url, { tokenFile });
  const client = clientOf(t, { kind: 'kubeconfig', path }, () => nowMs);
  t.equal(await troubleOf(client.get(where, plentyMs)), 'missing');
  writeFileSync(tokenFile, 'second');
  standIn.allow('second');
  t.equal(await troubleOf(client.get(where, plentyMs)), 'unauthorized', 'the file is not read for every request');
  t.equal(await troubleOf(client.get(where, plentyMs)), 'missing');
  writeFileSync(tokenFile, 'third');
  nowMs = 10_000;
  await client.get(where, plentyMs);
  t.same(
    standIn.asked.map(({ token }) => token),
    ['admintoken', 'admintoken', 'second', 'third'],
  );
});

t.test('a client certificate is shown, and a server that is not the one meant is refused', async (t) => {
  const tls = { key: tlsFile('server.key'), cert: tlsFile('server.pem'), ca: tlsFile('ca.pem'), requestCert: true };
  const standIn = await openStandIn({ tls: { ...tls, rejectUnauthorized: false } });
  t.teardown(() => standIn.close());
  const certified = {
    'client-certificate': join(tlsFolder, 'client.pem'),
    'client-key': join(tlsFolder, 'client.key'),
  };
  const ask = (user: object, ca: string) => {
    const path = kubeconfig(t, standIn.url, user, { 'certificate-authority': join(tlsFolder, ca) });
    return troubleOf(clientOf(t, { kind: 'kubeconfig', path }).get(where, plentyMs));
  };
  t.equal(await ask(certified, 'ca.pem'), 'missing', 'is let in');
  t.equal(await ask({}, 'ca.pem'), 'unauthorized', 'without a certificate');
  t.equal(await ask(certified, 'other-ca.pem'), 'tls', 'of another authority');
  t.equal(await ask({ ...certified, 'client-key': '/nonexistent/key' }, 'ca.pem'), 'access', 'without a key');
});

t.test('a service account is found where a pod has it', async (t) => {
  const folder = makeFolder(t);
  for (const [name, text] of Object.entries({ token: 'T\n', 'ca.crt': 'CA', namespace: 'infra' }))
    writeFileSync(join(folder, name), text);
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
  const access = await readAccess({ kind: 'service-account' }, env, folder);
  t.match(access, { authorization: 'Bearer T', namespace: 'infra', insecure: false });
  t.equal(access.server.href, 'https://[fd00::1]/');
  await t.rejects(readAccess({ kind: 'service-account' }, {}, folder), /no pod with a service account/);
});

t.test('a watch tells what happens until it is cut, and says why it ended', async (t) => {
  const { standIn, client } = await stage(t);
  const events: WatchEvent[] = [];
  const { promise: told, resolve } = Promise.withResolvers<void>();
  const ended = client.watch(
    `${collection}?fieldSelector=metadata.name=nodemend-reboot`,
    (event) => {
      events.push(event);
      if (event.type === 'DELETED') resolve();
    },
    AbortSignal.timeout(plentyMs),
  );
  standIn.put(lease);
  standIn.put({ ...lease, metadata: { ...lease.metadata, name: 'another' } });
  standIn.remove('nodemend-reboot');
  // The request may arrive after these: what is there then is told as added.
  standIn.put(lease);
  while (standIn.watching() === 0) await client.get(where, plentyMs);
  standIn.remove('nodemend-reboot');
  await told;
  standIn.cutWatches();
  t.match(await ended, { ok: false, trouble: 'unreachable' });
  t.equal(events.at(-1)?.type, 'DELETED');
  t.ok(events.every(({ object }) => (object as unknown as Lease).metadata.name === 'nodemend-reboot'));
  const tooOld = await client.watch(`${collection}?resourceVersion=1`, () => undefined, AbortSignal.timeout(plentyMs));
  t.match(tooOld, { ok: false, trouble: 'gone' });
  const stopped = client.watch(collection, () => undefined, AbortSignal.timeout(shortMs));
  t.equal(await stopped, null, 'ended by ourselves');
});

t.test('the lines of a watch are read however the bytes fall', async (t) => {
  const line = JSON.stringify({ type: 'MODIFIED', object: { metadata: { name: 'größe' } } });
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n');
      for (const byte of Buffer.from(`${line}\n\n${line}\n{"type":"X"`)) socket.write(Buffer.of(byte));
      socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  const path = kubeconfig(t, `http://127.0.0.1:${port}`, { token: 'x' });
  const names: unknown[] = [];
  const client = clientOf(t, { kind: 'kubeconfig', path });
  const told = ({ object }: WatchEvent) => names.push((object as unknown as Lease).metadata.name);
  t.equal(await client.watch(collection, told, AbortSignal.timeout(plentyMs)), null);
  t.same(names, ['größe', 'größe']);
});
