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
