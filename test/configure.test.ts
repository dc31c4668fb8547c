import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { usualEtcd } from '../src/config/etcd-here.ts';
import { createConfigurator } from '../src/configure.ts';
import type { Event } from '../src/core/event.ts';
import type { Unit } from '../src/core/mend/unit.ts';
import { configOf, missingUnit, runningUnit } from './config/stage.ts';
import { createRecorder } from './recorder.ts';

const lost: Event = { type: 'bus.lost', detail: 'closed' };

/** A configurator over a node whose units a test changes; null stands for a systemd that is silent about one. */
function setUp(t: Test, text: string, node: Record<string, Unit | null>) {
  const directory = t.testdir({ 'nodemend.yaml': text });
  const file = join(directory, 'nodemend.yaml');
  const events: Event[] = [];
  const watched: string[][] = [];
  const warnings: string[] = [];
  const read: string[] = [];
  const supervised = new Set<string>();
  const manifests = new Set<string>();
  const configurator = createConfigurator({
    first: { config: configOf(text), text, problems: '' },
    file,
    directory,
    bus: {
      ...createRecorder().parts.bus,
      watch: (units) => void watched.push([...units]),
      read: async (unit) => {
        read.push(unit);
        return unit in node ? (node[unit] ?? null) : missingUnit(unit);
      },
    },
    emit: (event) => void events.push(event),
    wallMs: () => 1_700_000_000_000,
    supervised: () => supervised,
    manifests: async () => manifests,
    etcdHere: async () => usualEtcd,
    identity: 'n1_x',
    warn: (sentence) => void warnings.push(sentence),
    loaded: () => undefined,
  });
  const loaded = () =>
    events.flatMap((event) =>
      event.type === 'config.loaded' ? [event.policy.components.map(({ name }) => name)] : [],
    );
  return { configurator, file, directory, events, watched, warnings, read, supervised, manifests, loaded, node };
}

t.test('what is found is put in force, and what is not is watched for', async (t) => {
  const { configurator, loaded, watched } = setUp(t, 'components: { edge: { unit: edge.service } }', {
    'containerd.service': runningUnit('containerd.service'),
  });
  await configurator.apply();
  t.same(loaded(), [['edge', 'containerd']]);
  t.same(watched, [
    [
      'edge.service',
      'containerd.service',
      'docker.service',
      'crio.service',
      'kubelet.service',
      'kube-proxy.service',
      'etcd.service',
    ],
  ]);
});

t.test('a runtime that is installed later is protected as soon as systemd tells of it', async (t) => {
  const { configurator, loaded, node } = setUp(t, '', {});
  await configurator.apply();
  const docker = runningUnit('docker.service');
  configurator.notice({ type: 'unit.changed', unit: missingUnit('docker.service') });
  node['docker.service'] = docker;
  configurator.notice({ type: 'unit.changed', unit: docker });
  configurator.notice({ type: 'unit.changed', unit: docker });
  await configurator.apply();
  t.same(loaded(), [[], ['docker']]);
});

t.test('with discover: false nothing is looked for', async (t) => {
  const { configurator, loaded, watched, read } = setUp(t, 'discover: false', {
    'containerd.service': runningUnit('containerd.service'),
  });
  await configurator.apply();
  t.same(loaded(), [[]]);
  t.same(watched, [[]]);
  t.notOk(read.includes('containerd.service'));
});

t.test('before the bus was ever there, what the file lists and the last agent knew is shown', async (t) => {
  const { configurator, loaded, supervised, read } = setUp(t, 'components: { edge: { unit: edge.service } }', {});
  supervised.add('containerd.service');
  configurator.notice(lost);
  configurator.notice(lost);
  t.same(loaded(), [['edge', 'containerd']]);
  t.same(read, [], 'nobody is asked');
});

t.test('silence of systemd about a unit drops no component', async (t) => {
  const { configurator, loaded, supervised, node } = setUp(t, '', {
    'containerd.service': runningUnit('containerd.service'),
    'kubelet.service': runningUnit('kubelet.service'),
  });
  await configurator.apply();
  supervised.add('containerd.service').add('kubelet.service');
  node['containerd.service'] = null;
  node['kubelet.service'] = missingUnit('kubelet.service');
  await configurator.apply();
  t.same(loaded(), [['containerd', 'kubelet'], ['containerd']]);
});

t.test('what has not changed is told once, whatever the bus does', async (t) => {
  const { configurator, loaded, watched } = setUp(t, '', { 'containerd.service': runningUnit('containerd.service') });
  await configurator.apply();
  await configurator.apply();
  configurator.notice(lost);
  t.same(loaded(), [['containerd']]);
  t.equal(watched.length, 2, 'and yet every unit is read anew');
});

t.test('however often a look is asked for, at most one waits', async (t) => {
  const { configurator, read } = setUp(t, '', {});
  await Promise.all(Array.from({ length: 20 }, () => configurator.apply()));
  t.equal(read.filter((unit) => unit === 'containerd.service').length, 2);
});

t.test('a good file is put in force and kept', async (t) => {
  const { configurator, file, directory, loaded } = setUp(t, '', {});
  await configurator.apply();
  writeFileSync(file, 'components: { edge: { unit: edge.service } }');
  t.same(await configurator.reload(), { ok: true, message: 'the configuration was loaded' });
  t.same(loaded(), [[], ['edge']]);
  t.match(configurator.view(), { ok: true, detail: '' });
  t.match(readFileSync(join(directory, 'last-good.yaml'), 'utf8'), 'edge.service');
  await configurator.reload();
  t.same(loaded().length, 3, 'who asks for a reload sees one');
});

t.test('a bad file changes nothing, and every problem is told', async (t) => {
  const { configurator, file, directory, events, loaded } = setUp(t, '', {});
  await configurator.apply();
  writeFileSync(file, 'lissten: 1\ndiscover: maybe\n');
  const problems = `${file}:1:1: lissten: there is no key "lissten" here; did you mean listen?
${file}:2:11: discover: found "maybe", expected true or false`;
  t.same(await configurator.reload(), {
    ok: false,
    message: `the last good configuration stays in force:\n${problems}`,
  });
  t.same(events.at(-1), { type: 'config.rejected', detail: problems });
  t.match(configurator.view(), { ok: false, loadedWallMs: 1_700_000_000_000, detail: problems });
  t.throws(() => readFileSync(join(directory, 'last-good.yaml')), { code: 'ENOENT' });
  await configurator.apply();
  t.same(loaded(), [[]]);
  writeFileSync(file, '');
  await configurator.reload();
  t.match(configurator.view(), { ok: true, detail: '' });
});

t.test('what a reload cannot change is said', async (t) => {
  const { configurator, file, warnings } = setUp(t, 'listen: 127.0.0.1:9745', {});
  writeFileSync(file, 'listen: 127.0.0.1:9746');
  const notice =
    'what has changed of listen, tls, bearerTokenFile, socket, agentCheck, trackFile and readyz.drainFor takes effect at the next start';
  t.same(await configurator.reload(), { ok: true, message: `the configuration was loaded; ${notice}` });
  t.same(warnings, [notice]);
});

t.test('another healer is warned of once', async (t) => {
  const { configurator, warnings } = setUp(t, '', { 'monit.service': runningUnit('monit.service') });
  await configurator.apply();
  await configurator.apply();
  t.match(warnings, [/^monit\.service is active/]);
  t.equal(warnings.length, 1);
});

t.test(
  'the elections of a control-plane node are found by their manifests, and what the file says goes before',
  async (t) => {
    const { configurator, file, events, manifests } = setUp(t, '', {});
    const policies = () => events.findLast((event) => event.type === 'leaders.loaded')?.policies ?? [];
    await configurator.apply();
    t.same(policies(), []);
    manifests.add('kube-scheduler.yaml').add('etcd.yaml');
    await configurator.apply();
    t.match(policies(), [
      {
        name: 'kube-scheduler',
        namespace: 'kube-system',
        lease: 'kube-scheduler',
        kubeconfig: '/etc/kubernetes/scheduler.conf',
        instances: [{ url: 'https://127.0.0.1:10259', local: true }],
        everyMs: 2_000,
        timeoutMs: 1_500,
      },
    ]);
    const before = events.length;
    await configurator.apply();
    t.equal(events.length, before, 'nothing new is told of what is as it was');
    writeFileSync(
      file,
      'leaders:\n  kube-scheduler: { every: 1s, kubeconfig: /k }\n  mine: { namespace: app, lease: l, instances: ["https://10.0.0.2:1"] }\n' +
        'apiservers: { servers: ["https://10.0.0.1:6443/"], endpoints: true }',
    );
    await configurator.reload();
    t.match(policies(), [
      { name: 'kube-scheduler', everyMs: 1_000, timeoutMs: 1_000, kubeconfig: '/k' },
      {
        name: 'mine',
        namespace: 'app',
        lease: 'l',
        kubeconfig: '/etc/kubernetes/admin.conf',
        instances: [{ url: 'https://10.0.0.2:1', local: false }],
      },
    ]);
    t.match(events.findLast((event) => event.type === 'apiservers.loaded')?.policy, {
      urls: ['https://10.0.0.1:6443'],
      find: true,
      kubeconfig: '/etc/kubernetes/admin.conf',
      everyMs: 5_000,
      timeoutMs: 4_000,
      rise: 2,
      fall: 3,
    });
    writeFileSync(file, 'discover: false');
    await configurator.reload();
    t.same(policies(), []);
    t.equal(events.findLast((event) => event.type === 'apiservers.loaded')?.policy, null);
  },
);
