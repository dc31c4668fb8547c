import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createContainerdLook } from '../../../src/adapters/containerd/look.ts';
import { createGrpcClients } from '../../../src/adapters/grpc/client.ts';
import { type Answering, createContainerdStandIn, methods, reply } from '../grpc/stand-in.ts';
import { lookOnce, makeFolder, plentyMs, shortMs } from '../probe/stage.ts';

const clock = { wallMs: () => Date.UTC(2026, 10, 23, 9, 30, 46, 521) };

/** A stand-in with some answers of its own, and a look at it. */
async function stage(t: Test, instead: Readonly<Record<string, Answering | null>> = {}) {
  const socket = join(makeFolder(t), 'containerd.sock');
  const standIn = await createContainerdStandIn(t, socket, instead);
  const clients = createGrpcClients();
  t.teardown(clients.close);
  const look = createContainerdLook({ clients, clock, procFolder: makeFolder(t) });
  const lookAt = (what: 'version' | 'metadata', timeoutMs = plentyMs) =>
    lookOnce((context) => look({ kind: 'containerd', socket, look: what }, context), timeoutMs);
  return { standIn, lookAt };
}

const nothing = (): Buffer => Buffer.alloc(0);
const initializing = () => ({ code: 14, details: 'server is not initialized yet' });
const fullDisk = () => ({ code: 2, details: 'write /var/lib/containerd/meta.db: no space left on device' });

t.test('version', async (t) => {
  const { lookAt, standIn } = await stage(t);
  t.match(await lookAt('version'), { verdict: 'healthy', reason: 'probe.ok', detail: 'containerd 1.7.24~ds1' });
  t.same(
    standIn.asked.map(({ path }) => path),
    [methods.version],
  );
});

t.test('a reply without a version', async (t) => {
  const { lookAt } = await stage(t, { [methods.version]: nothing });
  t.match(await lookAt('version'), { verdict: 'unhealthy', reason: 'probe.bad-reply' });
});

t.test('a containerd that is not initialized yet is starting, not hung', async (t) => {
  const { lookAt } = await stage(t, { [methods.version]: initializing, [methods.namespaces]: initializing });
  for (const what of ['version', 'metadata'] as const)
    t.match(await lookAt(what), { verdict: 'unknown', reason: 'probe.initializing' });
});

t.test('metadata reads, writes and deletes, in a namespace of its own', async (t) => {
  const { lookAt, standIn } = await stage(t);
  t.match(await lookAt('metadata'), {
    verdict: 'healthy',
    reason: 'probe.ok',
    detail: '3 namespaces; a lease was written and deleted',
  });
  t.match(standIn.asked, [
    { path: methods.namespaces, namespace: '' },
    {
      path: methods.leaseCreate,
      namespace: 'nodemend',
      request: { id: 'nodemend-probe', labels: { 'containerd.io/gc.expire': '2026-11-23T09:35:46.521Z' } },
    },
    { path: methods.leaseDelete, namespace: 'nodemend', request: { id: 'nodemend-probe' } },
  ]);
});

t.test('a lease that an interrupted look left behind is deleted', async (t) => {
  const { lookAt, standIn } = await stage(t, { [methods.leaseCreate]: () => reply('lease-create-exists') });
  t.match(await lookAt('metadata'), { verdict: 'healthy' });
  t.equal(standIn.asked.at(-1)?.path, methods.leaseDelete);
});

t.test('a lease that the collector took meanwhile is no trouble', async (t) => {
  const { lookAt } = await stage(t, { [methods.leaseDelete]: () => reply('lease-delete-missing') });
  t.match(await lookAt('metadata'), { verdict: 'healthy' });
});

for (const step of ['namespaces', 'leaseCreate', 'leaseDelete'] as const) {
  t.test(`trouble at ${step} is the finding`, async (t) => {
    const broken = await stage(t, { [methods[step]]: () => ({ code: 2, details: 'database not open' }) });
    t.match(await broken.lookAt('metadata'), {
      verdict: 'unhealthy',
      reason: 'probe.not-ready',
      detail: /database not open/,
    });
    const full = await stage(t, { [methods[step]]: fullDisk });
    t.match(await full.lookAt('metadata'), { verdict: 'unknown', reason: 'probe.failed' }, 'no restart mends a disk');
    const hanging = await stage(t, { [methods[step]]: () => 'never' });
    // Loads the library, so that the short deadline is the server's alone.
    t.match(await hanging.lookAt('version'), { verdict: 'healthy' });
    t.match(await hanging.lookAt('metadata', shortMs), { verdict: 'unhealthy', reason: 'probe.timeout' });
  });
}
