import t from 'tap';
import { createWorld, policy, type World } from './world.ts';

function runtimes(): World {
  const world = createWorld([policy('containerd'), policy('docker', { after: ['containerd'] })], {
    units: { docker: { stopsWith: ['containerd.service'] } },
  });
  world.advance(60_000);
  world.forget();
  return world;
}

t.test('S3: a unit that stopped with its dependency is started again once that is back', async (t) => {
  const world = runtimes();
  world.stop('containerd');
  world.advance(300_000);
  t.same(world.remedial(), []);
  t.match(world.component('docker'), { phase: 'stopped', reason: 'unit.stopped-by-dependency', detail: 'containerd' });
  world.unit('containerd').start();
  world.advance(1_000);
  t.match(world.remedial(), [{ type: 'unit.start', component: 'docker' }]);
  t.equal(world.phase('docker'), 'healthy');
});

t.test('S3: through an upgrade of the dependency nothing is touched, afterwards its dependent is back', async (t) => {
  const world = runtimes();
  world.host({ packageManager: 'dpkg' });
  world.advance(10_000);
  world.stop('containerd');
  world.advance(20_000);
  world.unit('containerd').start();
  world.advance(20_000);
  t.same(world.remedial(), []);
  t.equal(world.phase('docker'), 'stopped');
  world.host({ packageManager: null });
  world.advance(6_000);
  t.match(world.remedial(), [{ type: 'unit.start', component: 'docker' }]);
  t.equal(world.phase('docker'), 'healthy');
});

t.test('S3: it is not started into the stop that it was taken along by', async (t) => {
  const world = runtimes();
  world.send({ type: 'job.started', unit: 'containerd.service', job: 500 });
  world.unit('docker').stop(undefined, 501);
  world.advance(4_000);
  t.same(world.remedial(), [], 'containerd is still up, but its stop is under way');
  t.equal(world.phase('docker'), 'stopped');
});

t.test('S3: the jobs of one transaction may be told in any order', async (t) => {
  const world = runtimes();
  world.unit('docker').stop(undefined, 501);
  world.send({ type: 'job.started', unit: 'containerd.service', job: 500 });
  world.advance(1);
  world.unit('containerd').stop(undefined, 500);
  world.advance(1_000);
  t.match(world.component('docker').ending, { how: 'stopped', dependency: 'containerd' });
});

t.test('S3: a dependent that the operator stopped himself stays stopped when the dependency comes back', async (t) => {
  const world = runtimes();
  world.stop('docker');
  world.advance(10_000);
  world.stop('containerd');
  world.advance(10_000);
  world.unit('containerd').start();
  world.advance(300_000);
  t.same(world.remedial(), []);
  t.match(world.component('docker'), { phase: 'stopped', reason: 'unit.stopped' });
});

t.test('S3: nor is one whose own stop came first, although the other is stopped in the middle of it', async (t) => {
  const world = runtimes();
  world.unit('docker').freeze();
  world.unit('docker').stop(undefined, 500);
  world.unit('containerd').freeze();
  world.unit('containerd').stop(undefined, 501);
  world.advance(100_000);
  t.match(world.component('docker').ending, { how: 'stopped', dependency: null });
});

t.test('S3: nor is one that was stopped long after the dependency had gone down', async (t) => {
  const world = runtimes();
  world.unit('containerd').set({ activeState: 'failed', subState: 'failed', mainPid: 0, result: 'start-limit-hit' });
  world.unit('containerd').program.starts = 'badly';
  world.advance(10_000);
  world.stop('docker');
  t.match(world.component('docker').ending, { how: 'stopped', dependency: null });
});

t.test('S3: a dependent that was taken along stays known as such while the agent is away', async (t) => {
  const world = runtimes();
  world.stop('containerd');
  world.advance(1_000);
  world.killAgent();
  world.advance(1_000);
  world.unit('containerd').start();
  world.startAgent();
  world.advance(1_000);
  t.equal(world.phase('docker'), 'healthy');
});

const fallen = (atMs: number) =>
  ({
    activeState: 'active',
    inactiveExitAtMs: atMs + 50,
    activeEnterAtMs: atMs + 60,
    activeExitAtMs: atMs,
    inactiveEnterAtMs: atMs,
  }) as const;

const waited = (exitAtMs: number, stoppedAtMs: number) =>
  ({
    activeState: 'inactive',
    subState: 'dead',
    result: 'signal',
    mainPid: 0,
    activeExitAtMs: exitAtMs,
    execMainExitAtMs: exitAtMs,
    inactiveExitAtMs: exitAtMs,
    inactiveEnterAtMs: stoppedAtMs,
  }) as const;

t.test('S3: a docker that waited for its own restart when containerd fell unseen is started again', async (t) => {
  const world = runtimes();
  world.killAgent();
  world.advance(20_000);
  const now = world.nowMs();
  world.unit('containerd').set(fallen(now - 10_000));
  world.unit('docker').set(waited(now - 11_500, now - 9_999));
  world.startAgent();
  world.advance(1_000);
  t.match(world.remedial(), [{ component: 'docker', reason: 'restart.down' }]);
  t.equal(world.phase('docker'), 'healthy');
});

t.test('S3: one that an operator stopped while it waited, long after containerd had fallen, is not', async (t) => {
  const world = runtimes();
  world.killAgent();
  world.advance(20_000);
  const now = world.nowMs();
  world.unit('containerd').set(fallen(now - 10_000));
  world.unit('docker').set(waited(now - 11_500, now - 8_500));
  world.startAgent();
  world.advance(60_000);
  t.same(world.remedial(), []);
  t.match(world.component('docker'), { phase: 'stopped', reason: 'unit.stopped' });
});

t.test('S3: nor is one whose run began after containerd had fallen', async (t) => {
  const world = runtimes();
  world.killAgent();
  world.advance(20_000);
  const now = world.nowMs();
  world.unit('containerd').set(fallen(now - 10_000));
  world.unit('docker').set({ ...waited(now - 9_100, now - 8_500), activeEnterAtMs: now - 9_500 });
  world.startAgent();
  world.advance(60_000);
  t.same(world.remedial(), []);
  t.match(world.component('docker'), { phase: 'stopped', reason: 'unit.stopped' });
});

const unborn = { invocationId: '', inactiveExitAtMs: null, activeEnterAtMs: null, activeState: 'inactive' } as const;

/** The agent is there when the boot's jobs still are: docker's start waits for that of containerd. */
function youngBoot(): World {
  const world = runtimes();
  world.killAgent();
  world.unit('containerd').set({ ...unborn, activeState: 'activating', job: 7, inactiveExitAtMs: world.nowMs() });
  world.unit('docker').set({ ...unborn, mainPid: 0, execMainExitAtMs: null, activeExitAtMs: null, job: 8 });
  world.startAgent({ bootId: 'boot-two' });
  world.advance(1_000);
  return world;
}

t.test('S3: a docker whose start at boot failed unseen for want of containerd is started with it', async (t) => {
  const world = youngBoot();
  t.equal(world.phase('docker'), 'starting', 'its job waits for containerd');
  world.killAgent();
  world.unit('docker').set({ job: 0 });
  world.unit('containerd').set({ activeState: 'failed', subState: 'failed', result: 'timeout', job: 0 });
  world.startAgent();
  world.advance(10_000);
  t.same(
    world.remedial().map(({ component }) => component),
    ['containerd', 'docker'],
  );
  t.equal(world.phase('docker'), 'healthy');
});

t.test('S3: one that an operator stopped before its start at boot had begun is not', async (t) => {
  const world = youngBoot();
  world.send({ type: 'job.ended', unit: 'docker.service', job: 8, result: 'canceled' });
  world.send({ type: 'job.started', unit: 'docker.service', job: 9 });
  world.send({ type: 'job.ended', unit: 'docker.service', job: 9, result: 'done' });
  world.unit('docker').set({ job: 0 });
  world.unit('containerd').set({ activeState: 'active', subState: 'running', job: 0, activeEnterAtMs: world.nowMs() });
  world.advance(60_000);
  t.same(world.remedial(), []);
  t.match(world.component('docker'), { phase: 'stopped', reason: 'unit.stopped' });
});

t.test('S3: nor is one that never ran and is enabled while containerd is down', async (t) => {
  const world = runtimes();
  world.stop('containerd');
  world.killAgent();
  world.unit('docker').set({ ...unborn, mainPid: 0, execMainExitAtMs: null, unitFileState: 'disabled' });
  world.startAgent({ bootId: 'boot-two' });
  world.advance(1_000);
  world.unit('docker').set({ unitFileState: 'enabled' });
  world.unit('containerd').start();
  world.advance(60_000);
  t.same(world.remedial(), []);
  t.match(world.component('docker'), { phase: 'stopped', reason: 'unit.stopped' });
});

t.test('S3: so it is when containerd has come up at its second start meanwhile', async (t) => {
  const world = runtimes();
  world.killAgent();
  const now = world.nowMs();
  const late = { inactiveEnterAtMs: now - 9_000, inactiveExitAtMs: now - 8_000, activeEnterAtMs: now - 7_900 };
  world.unit('containerd').set({ ...late, activeExitAtMs: null });
  world.unit('docker').set({ ...unborn, mainPid: 0, execMainExitAtMs: null, activeExitAtMs: null });
  world.startAgent({ bootId: 'boot-two' });
  world.advance(10_000);
  t.match(world.remedial(), [{ component: 'docker' }]);
  t.equal(world.phase('docker'), 'healthy');
});
