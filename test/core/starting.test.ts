import t from 'tap';
import { createWorld, initializing, policy, refused, type World } from './world.ts';

function looksOf(world: World): number {
  return world
    .turns()
    .flatMap(({ actions }) => actions)
    .filter((one) => one.type === 'probe.look').length;
}

t.test('S7: a run that is younger than its grace is starting, whatever its probes say', async (t) => {
  const world = createWorld([policy('containerd')]);
  for (const probe of ['vote', 'witness']) world.answer(`containerd/${probe}`, refused);
  world.advance(29_000);
  t.equal(world.phase('containerd'), 'starting');
  t.same(world.remedial(), []);
  world.advance(5_000);
  t.match(world.remedial(), [{ type: 'unit.restart' }]);
});

t.test('S7: a good look ends the start at once', async (t) => {
  const world = createWorld([policy('containerd')]);
  world.advance(10);
  t.equal(world.phase('containerd'), 'healthy');
});

t.test('S7: a young unit is looked at quickly, a healthy one at leisure', async (t) => {
  const world = createWorld([policy('containerd')], { down: ['containerd'] });
  world.answer('containerd/vote', refused);
  world.unit('containerd').start();
  world.advance(1_000);
  t.ok(looksOf(world) >= 8, `${looksOf(world)} looks in the first second`);
  world.answer('containerd/vote', null);
  world.advance(5_000);
  const before = looksOf(world);
  world.advance(50_000);
  const looks = looksOf(world) - before;
  t.ok(looks >= 9 && looks <= 12, `${looks} looks in 50 s, with jitter`);
});

t.test('S7: bad looks of the run before do not count against the new one', async (t) => {
  const world = createWorld([policy('containerd')]);
  world.advance(60_000);
  for (const probe of ['vote', 'witness']) world.answer(`containerd/${probe}`, refused);
  world.advance(14_000);
  t.equal(world.phase('containerd'), 'suspect');
  world.unit('containerd').restart();
  world.advance(29_000);
  t.same(world.remedial(), []);
  t.equal(world.phase('containerd'), 'starting');
});

t.test('S7: a look that began in the run before is dropped', async (t) => {
  const world = createWorld([policy('containerd')]);
  world.advance(60_000);
  const startedAtMs = world.nowMs();
  world.advance(1_000);
  world.unit('containerd').restart();
  world.advance(1);
  const observation = {
    verdict: 'unhealthy',
    reason: 'probe.timeout',
    detail: '',
    startedAtMs,
    durationMs: 1,
  } as const;
  world.send({ type: 'probe.observed', component: 'containerd', probe: 'vote', observation });
  t.same(world.component('containerd').probes['vote']?.window, []);
});

t.test('S7: a containerd that answers that it is initializing is starting, for ten minutes at most', async (t) => {
  const world = createWorld([policy('containerd')]);
  for (const probe of ['vote', 'witness']) world.answer(`containerd/${probe}`, initializing);
  world.advance(599_000);
  t.equal(world.phase('containerd'), 'starting');
  t.equal(world.component('containerd').reason, 'probe.initializing');
  t.same(world.remedial(), []);
  world.answer('containerd/witness', refused);
  world.advance(30_000);
  t.equal(world.remedial().length, 1);
});

t.test('S7: a start that systemd itself will end is waited for', async (t) => {
  const world = createWorld([policy('containerd')], { down: ['containerd'] });
  world.unit('containerd').program.starts = 'never';
  world.unit('containerd').start();
  world.advance(89_000);
  t.same(world.remedial(), []);
  t.equal(world.phase('containerd'), 'starting');
  world.advance(2_000);
  t.match(world.told('incident.opened'), [{ reason: 'unit.timeout' }]);
  t.match(world.remedial(), [{ type: 'unit.restart', reason: 'restart.first-crash' }]);
});

t.test('S7: however long the time is that systemd allows it', async (t) => {
  const world = createWorld([policy('docker')], { down: ['docker'], units: { docker: { timeoutStartMs: 1_200_000 } } });
  world.unit('docker').program.starts = 'never';
  world.unit('docker').start();
  world.advance(1_190_000);
  t.same(world.remedial(), []);
  t.equal(world.phase('docker'), 'starting');
});

t.test('S7: a start to which systemd sets no limit is a hang after ten minutes', async (t) => {
  const world = createWorld([policy('docker')], { down: ['docker'], units: { docker: { timeoutStartMs: null } } });
  world.unit('docker').program.starts = 'never';
  world.unit('docker').start();
  world.advance(599_000);
  t.same(world.remedial(), []);
  world.unit('docker').program.starts = 'well';
  world.advance(10_000);
  t.match(world.remedial(), [{ type: 'unit.kill', reason: 'restart.hung' }]);
  t.equal(world.phase('docker'), 'healthy');
});

t.test('S7: a start that waits for its peers has the time they take, and one that nodemend began too', async (t) => {
  const waiting = policy('etcd', { startsWithPeers: true });
  const world = createWorld([waiting], { units: { etcd: { timeoutStartMs: null } } });
  world.advance(60_000);
  world.unit('etcd').program.starts = 'never';
  world.unit('etcd').crash();
  world.advance(100);
  const [begun] = world.remedial();
  t.match(begun, { type: 'unit.restart' });
  world.advance(begun?.timeoutMs ?? 0);
  const result = { ok: false, reason: 'action.timeout', detail: 'no end of the job' } as const;
  world.send({ type: 'action.finished', id: begun?.id ?? '', result });
  world.advance(86_400_000);
  t.equal(world.remedial().length, 1, 'a day later nothing more was done');
  t.equal(world.phase('etcd'), 'mending');
  world.unit('etcd').program.starts = 'well';
  world.unit('etcd').restart();
  world.advance(10_000);
  t.match(world.told('action.ended'), [{ ok: true, reason: 'restart.verified' }]);
  t.equal(world.phase('etcd'), 'healthy');
});

t.test('S7: a start that waits for its peers and was begun by another is no hang', async (t) => {
  const waiting = policy('etcd', { startsWithPeers: true });
  const world = createWorld([waiting], { down: ['etcd'], units: { etcd: { timeoutStartMs: null } } });
  world.unit('etcd').program.starts = 'never';
  world.unit('etcd').start();
  world.advance(86_400_000);
  t.same(world.remedial(), []);
  t.equal(world.phase('etcd'), 'starting');
});
