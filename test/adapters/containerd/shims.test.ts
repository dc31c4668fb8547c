import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createContainerdLook } from '../../../src/adapters/containerd/look.ts';
import { createGrpcClients } from '../../../src/adapters/grpc/client.ts';
import { type Answering, createContainerdStandIn, methods, reply } from '../grpc/stand-in.ts';
import { fixture, lookOnce, makeFolder, plentyMs, shortMs } from '../probe/stage.ts';

async function stage(t: Test, instead: Readonly<Record<string, Answering | null>> = {}) {
  const folder = makeFolder(t);
  const procFolder = makeFolder(t);
  const socket = join(folder, 'containerd.sock');
  const standIn = await createContainerdStandIn(t, socket, instead);
  const clients = createGrpcClients();
  t.teardown(clients.close);
  const look = createContainerdLook({ clients, clock: { wallMs: () => 0 }, procFolder });
  return {
    standIn,
    /** One folder as containerd keeps it for a task. */
    addBundle(namespace: string, id: string, pid = 0): void {
      const bundle = join(folder, 'io.containerd.runtime.v2.task', namespace, id);
      mkdirSync(bundle, { recursive: true });
      if (pid > 0) writeFileSync(join(bundle, 'init.pid'), String(pid));
    },
    addProcess(pid: number, parent: number, argv: readonly string[], recorded = 'sleeping'): void {
      const status = fixture(`proc-6.18/${recorded}.status`).toString('latin1');
      mkdirSync(join(procFolder, String(pid)));
      writeFileSync(join(procFolder, String(pid), 'status'), status.replace(/^PPid:.*$/m, `PPid:\t${parent}`));
      writeFileSync(join(procFolder, String(pid), 'cmdline'), `${argv.join('\0')}\0`);
    },
    /** Of the deadline that the look is told of, 0.4 are the list's. */
    look: (timeoutMs = plentyMs, toldMs = timeoutMs) =>
      lookOnce(
        (context) => look({ kind: 'containerd', socket, look: 'shims' }, { ...context, timeoutMs: toldMs }),
        timeoutMs,
      ),
    /** Loads the library. */
    load: () => lookOnce((context) => look({ kind: 'containerd', socket, look: 'version' }, context)),
  };
}

const shim = (namespace: string, id: string): string[] => [
  '/usr/bin/containerd-shim-runc-v2',
  '-namespace',
  namespace,
  '-id',
  id,
  '-address',
  '/run/containerd/containerd.sock',
];
const stoppedIn =
  (namespace: string): Answering =>
  (_request, asked) =>
    reply(asked === namespace ? 'tasks-shim-stopped' : 'tasks-none');

t.test('all shims answer', async (t) => {
  const { look, standIn, addBundle } = await stage(t);
  for (const id of ['c1', 'c2', 'c3', 'c4', 'c6']) addBundle('k8s.io', id);
  t.match(await look(), { verdict: 'healthy', reason: 'probe.ok', detail: '5 shims answer' });
  t.same(standIn.asked.map(({ path, namespace }) => [path, namespace]).sort(), [
    [methods.tasks, 'k8s.io'],
    [methods.tasks, 'moby'],
  ]);
});

t.test('a node without containers, and without any of the folders', async (t) => {
  const { look } = await stage(t, { [methods.tasks]: () => reply('tasks-none') });
  t.match(await look(), { verdict: 'healthy', detail: '0 shims answer' });
});

t.test('a shim that containerd lists as unknown is named, by the parent of its container', async (t) => {
  const { look, addBundle, addProcess } = await stage(t, { [methods.tasks]: stoppedIn('k8s.io') });
  addBundle('k8s.io', 'c1', 274);
  addProcess(274, 250, ['/bin/sleep', '100000']);
  addProcess(250, 1, shim('k8s.io', 'sandbox'), 'stopped');
  t.match(await look(), {
    verdict: 'unhealthy',
    reason: 'probe.shim-hung',
    detail: 'container k8s.io/c1: its shim, process 250 (T), does not answer',
  });
});

t.test("Docker's shims are looked at as well; one that lost its container is found by its name", async (t) => {
  const { look, addBundle, addProcess } = await stage(t, { [methods.tasks]: stoppedIn('moby') });
  addBundle('moby', 'c1', 274);
  addProcess(249, 1, shim('k8s.io', 'c1'));
  addProcess(250, 1, shim('moby', 'other'));
  addProcess(251, 1, ['/usr/bin/less', '-namespace', 'moby', '-id', 'c1']);
  addProcess(252, 1, shim('moby', 'c1'));
  t.match(await look(), { detail: 'container moby/c1: its shim, process 252 (S), does not answer' });
});

t.test('a shim whose process is not found is named by its container', async (t) => {
  const { look } = await stage(t, { [methods.tasks]: stoppedIn('k8s.io') });
  t.match(await look(), { reason: 'probe.shim-hung', detail: 'container k8s.io/c1: its shim does not answer' });
});

t.test('a task that the list leaves out, as containerd 2 does, is asked for', async (t) => {
  const { look, standIn, addBundle } = await stage(t, { [methods.task]: () => reply('task-shim-stopped') });
  for (const id of ['c1', 'c2', 'c9']) addBundle('k8s.io', id);
  addBundle('moby', 'd1');
  t.match(await look(), {
    reason: 'probe.shim-hung',
    detail: 'container k8s.io/c9: its shim does not answer; 1 more do not answer',
  });
  const gets = standIn.asked.filter(({ path }) => path === methods.task);
  t.same(gets.map(({ namespace, request }) => `${namespace}/${request['containerId']}`).sort(), [
    'k8s.io/c9',
    'moby/d1',
  ]);
});

t.test('a task that has ended since, or answers after all, is no trouble', async (t) => {
  const { look, addBundle } = await stage(t, {
    [methods.task]: ({ containerId }) => reply(containerId === 'gone' ? 'task-missing' : 'task'),
  });
  for (const id of ['c2', 'gone', 'late']) addBundle('k8s.io', id);
  t.match(await look(), { verdict: 'healthy', reason: 'probe.ok' });
});

t.test('when the list is slow the tasks are asked for one by one', async (t) => {
  const { look, addBundle } = await stage(t, {
    [methods.tasks]: (_request, namespace) => (namespace === 'k8s.io' ? 'never' : reply('tasks-none')),
    [methods.task]: ({ containerId }) =>
      containerId === 'c3' ? { code: 4, details: 'context deadline exceeded' } : reply('task'),
  });
  for (const id of ['c1', 'c2', 'c3']) addBundle('k8s.io', id);
  t.match(await look(plentyMs, 500), { reason: 'probe.shim-hung', detail: /^container k8s.io\/c3: / });
});

t.test('a containerd that answers nothing is a timeout and blames no shim', async (t) => {
  const { look, load, addBundle } = await stage(t, { [methods.tasks]: () => 'never', [methods.task]: () => 'never' });
  addBundle('k8s.io', 'c1');
  await load();
  t.match(await look(shortMs), { verdict: 'unhealthy', reason: 'probe.timeout' });
});

t.test('without a task to ask for, a list that does not come is a timeout all the same', async (t) => {
  const { look } = await stage(t, { [methods.tasks]: () => 'never' });
  t.match(await look(plentyMs, 500), { verdict: 'unhealthy', reason: 'probe.timeout', detail: /are not listed/ });
});

t.test('trouble of containerd itself blames no shim and is not overlooked', async (t) => {
  const initializing = () => ({ code: 14, details: 'server is not initialized yet' });
  const starting = await stage(t, { [methods.tasks]: initializing });
  t.match(await starting.look(), { verdict: 'unknown', reason: 'probe.initializing' });
  const dying = await stage(t, { [methods.task]: () => ({ code: 14, details: 'transport is closing' }) });
  dying.addBundle('k8s.io', 'c9');
  t.match(await dying.look(), { verdict: 'unhealthy', reason: 'probe.reset' });
});
