import t from 'tap';
import { createWorld, policy, type World } from './world.ts';

/** A proxy that nothing but nodemend would bring back. */
function worldWithProxy(): World {
  const world = createWorld([policy('proxy')], { units: { proxy: { restart: 'no' } } });
  world.advance(60_000);
  world.forget();
  return world;
}

interface Case {
  readonly what: string;
  readonly before: (world: World) => void;
  readonly phase: string;
  readonly reason: string;
}

const cases: readonly Case[] = [
  {
    what: 'a masked unit',
    before: (world) => world.unit('proxy').set({ unitFileState: 'masked' }),
    phase: 'masked',
    reason: 'unit.masked',
  },
  {
    what: 'a unit masked at run time',
    before: (world) => world.unit('proxy').set({ loadState: 'masked', unitFileState: 'masked-runtime' }),
    phase: 'masked',
    reason: 'unit.masked',
  },
  {
    what: 'a unit whose file is gone',
    before: (world) => world.unit('proxy').set({ loadState: 'not-found' }),
    phase: 'absent',
    reason: 'unit.absent',
  },
  {
    what: 'a frozen unit',
    before: (world) => world.unit('proxy').set({ freezerState: 'frozen' }),
    phase: 'paused',
    reason: 'unit.frozen',
  },
  {
    what: 'a paused component',
    before: (world) => world.send({ type: 'pause.asked', component: 'proxy', forMs: 900_000, text: 'work' }),
    phase: 'paused',
    reason: 'pause.set',
  },
  {
    what: 'a paused node',
    before: (world) => world.send({ type: 'pause.asked', component: null, forMs: 900_000, text: 'work' }),
    phase: 'paused',
    reason: 'pause.set',
  },
];

for (const { what, before, phase, reason } of cases) {
  t.test(`S3: hands off ${what}, whether it crashes or hangs`, async (t) => {
    for (const fault of ['crash', 'freeze'] as const) {
      const world = worldWithProxy();
      before(world);
      world.unit('proxy')[fault]();
      world.advance(600_000);
      t.same(world.remedial(), []);
      t.match(world.component('proxy'), { phase, reason });
      t.same(world.told('incident.opened'), []);
    }
  });
}

t.test('S3: a unit that an operator stopped stays stopped and is reported', async (t) => {
  const world = worldWithProxy();
  world.stop('proxy');
  world.advance(600_000);
  t.same(world.remedial(), []);
  t.match(world.component('proxy'), { phase: 'stopped', reason: 'unit.stopped' });
  world.unit('proxy').start();
  world.advance(1_000);
  t.equal(world.phase('proxy'), 'healthy');
  t.same(world.told('component.restarted'), [], 'a stop and a start are not a restart');
});

t.test('S3: a stop that has to kill a frozen process is a stop all the same', async (t) => {
  const world = worldWithProxy();
  world.unit('proxy').freeze();
  world.stop('proxy');
  world.advance(600_000);
  t.same(world.remedial(), []);
  t.match(world.component('proxy'), { phase: 'stopped', reason: 'unit.stopped' });
});

t.test('S3: a unit that is stopped while systemd is about to restart it stays stopped', async (t) => {
  for (const end of ['crash', 'exit'] as const) {
    const world = createWorld([policy('docker', { ladder: [{ remedy: 'kill' }] })]);
    world.advance(60_000);
    world.unit('docker')[end]();
    world.advance(1_000);
    world.stop('docker');
    world.advance(600_000);
    t.same(world.remedial(), []);
    t.match(world.component('docker'), { phase: 'stopped', reason: 'unit.stopped' });
  }
});

t.test('S3: disable --now is told as what it is', async (t) => {
  const world = worldWithProxy();
  world.unit('proxy').set({ unitFileState: 'disabled' });
  world.stop('proxy');
  world.advance(600_000);
  t.same(world.remedial(), []);
  t.match(world.component('proxy'), { phase: 'stopped', reason: 'unit.disabled' });
});

t.test('S3: a unit that is found failed and disabled is left alone', async (t) => {
  const world = createWorld([policy('proxy')], { down: ['proxy'] });
  world.killAgent();
  world.unit('proxy').set({ unitFileState: 'disabled', activeState: 'failed', result: 'exit-code' });
  world.startAgent({ store: 'lost' });
  world.advance(600_000);
  t.same(world.remedial(), []);
  t.match(world.component('proxy'), { phase: 'stopped', reason: 'unit.disabled' });
});

t.test('S3: disabling a unit that is down ends the attempts to start it', async (t) => {
  const world = worldWithProxy();
  world.unit('proxy').program.starts = 'badly';
  world.unit('proxy').crash();
  world.advance(500);
  t.equal(world.remedial().length, 1);
  world.unit('proxy').set({ unitFileState: 'disabled' });
  world.advance(600_000);
  t.equal(world.remedial().length, 1);
  t.match(world.component('proxy'), { phase: 'stopped', reason: 'unit.disabled' });
  world.restartAgent();
  world.advance(60_000);
  t.match(world.component('proxy'), { phase: 'stopped', reason: 'unit.disabled' });
});

t.test('S3: a disabled unit that somebody started is supervised while it runs', async (t) => {
  const world = worldWithProxy();
  world.unit('proxy').set({ unitFileState: 'disabled' });
  world.unit('proxy').crash();
  world.advance(1_000);
  t.match(world.remedial(), [{ type: 'unit.start' }]);
  t.equal(world.phase('proxy'), 'healthy');
});

t.test('S3: a unit whose condition does not hold is not started against it', async (t) => {
  const world = worldWithProxy();
  world.unit('proxy').set({ activeState: 'inactive', subState: 'dead', conditionResult: false, mainPid: 0 });
  world.advance(600_000);
  t.same(world.remedial(), []);
  t.match(world.component('proxy'), { phase: 'stopped', reason: 'unit.condition-failed' });
});

t.test('S3: nothing is done while a package manager is at work, and everything once it has ended', async (t) => {
  const world = worldWithProxy();
  world.host({ packageManager: 'dpkg' });
  world.advance(10_000);
  world.unit('proxy').crash();
  world.advance(600_000);
  t.same(world.remedial(), []);
  t.match(world.told('action.deferred'), [{ reason: 'node.upgrading' }]);
  world.host({ packageManager: null });
  world.advance(6_000);
  t.equal(world.phase('proxy'), 'healthy');
});

t.test('S3: a package manager that has just begun is noticed before the action leaves', async (t) => {
  const world = worldWithProxy();
  world.host({ packageManager: 'dpkg' });
  world.unit('proxy').crash();
  world.advance(1_000);
  t.same(world.remedial(), []);
});

t.test('S3: a package manager that never ends is not waited for longer than half an hour', async (t) => {
  const world = worldWithProxy();
  world.host({ packageManager: 'dpkg' });
  world.advance(10_000);
  world.unit('proxy').crash();
  world.advance(29 * 60_000);
  t.same(world.remedial(), []);
  world.advance(60_000);
  t.equal(world.phase('proxy'), 'healthy');
});

t.test('S3: nothing is done in a shutdown, not even what an operator asked for', async (t) => {
  const world = worldWithProxy();
  world.send({ type: 'shutdown.announced' });
  world.unit('proxy').crash();
  world.send({ type: 'restart.asked', component: 'proxy' });
  world.advance(600_000);
  t.same(world.remedial(), []);
  t.match(world.told('action.deferred'), [{ reason: 'node.shutting-down' }]);
  world.send({ type: 'shutdown.canceled' });
  world.advance(1_000);
  t.equal(world.phase('proxy'), 'healthy');
});

t.test('S3: a shutdown calls off what was planned', async (t) => {
  const world = worldWithProxy();
  world.unit('proxy').crash();
  world.send({ type: 'shutdown.announced' });
  world.advance(10_000);
  t.same(world.remedial(), []);
});

t.test('S3: what is under way when a pause is set comes to its end and is told for what it was', async (t) => {
  const world = worldWithProxy();
  world.unit('proxy').freeze();
  world.send({ type: 'restart.asked', component: 'proxy' });
  world.advance(10_000);
  t.equal(world.phase('proxy'), 'mending', 'a frozen process does not obey the stop');
  world.send({ type: 'pause.asked', component: 'proxy', forMs: 180_000, text: 'work' });
  t.equal(world.phase('proxy'), 'paused');
  world.advance(90_000);
  t.match(world.told('component.restarted'), [{ by: 'nodemend' }]);
  t.match(world.told('action.ended'), [{ reason: 'pause.set' }]);
  world.advance(91_000);
  t.equal(world.phase('proxy'), 'healthy');
  t.equal(world.remedial().length, 1);
});

t.test('S3: what was given up by disabling it is started when it is enabled again', async (t) => {
  const world = worldWithProxy();
  world.unit('proxy').program.starts = 'badly';
  world.unit('proxy').crash();
  world.advance(500);
  world.unit('proxy').set({ unitFileState: 'disabled' });
  world.unit('proxy').program.starts = 'well';
  world.advance(600_000);
  t.match(world.component('proxy'), { phase: 'stopped', reason: 'unit.disabled' });
  world.unit('proxy').set({ unitFileState: 'enabled' });
  world.advance(1_000);
  t.equal(world.phase('proxy'), 'healthy');
});

t.test('S3: what was stopped before it was disabled stays stopped when it is enabled again', async (t) => {
  const world = worldWithProxy();
  world.unit('proxy').freeze();
  world.stop('proxy');
  world.advance(100_000);
  t.match(world.unit('proxy').get(), { activeState: 'failed', result: 'timeout' }, 'it looks like a crash');
  world.unit('proxy').set({ unitFileState: 'disabled' });
  world.advance(1_000);
  t.match(world.component('proxy'), { phase: 'stopped', reason: 'unit.disabled' });
  world.unit('proxy').set({ unitFileState: 'enabled' });
  world.advance(600_000);
  t.same(world.remedial(), []);
  t.match(world.component('proxy'), { phase: 'stopped', reason: 'unit.stopped' });
});

t.test('S3: nor is what never ran started when it is enabled', async (t) => {
  const world = createWorld([policy('proxy')], { down: ['proxy'] });
  world.unit('proxy').set({ unitFileState: 'disabled' });
  world.advance(10_000);
  world.unit('proxy').set({ unitFileState: 'enabled' });
  world.advance(600_000);
  t.same(world.remedial(), []);
  t.match(world.component('proxy'), { phase: 'stopped', reason: 'unit.stopped' });
});

t.test('S3: a stop is known for one although the news of its end comes after that of its job', async (t) => {
  const world = worldWithProxy();
  const { activeEnterAtMs } = world.unit('proxy').get();
  const now = world.nowMs();
  world.send({ type: 'job.started', unit: 'proxy.service', job: 7 });
  world.unit('proxy').set({ activeState: 'deactivating', subState: 'stop-sigkill', job: 7, activeExitAtMs: now });
  world.send({ type: 'job.ended', unit: 'proxy.service', job: 7, result: 'done' });
  world.unit('proxy').set({ activeState: 'failed', subState: 'failed', result: 'exit-code', job: 0, mainPid: 0 });
  world.unit('proxy').set({ activeEnterAtMs, execMainExitAtMs: now - 1 });
  world.advance(60_000);
  t.same(world.remedial(), []);
  t.match(world.component('proxy'), { phase: 'stopped', reason: 'unit.stopped' });
});
