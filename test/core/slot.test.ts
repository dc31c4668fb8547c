import t from 'tap';
import { createWorld, policy, sick } from './world.ts';

const hung = { restart: 'restart', slow: 20_000 } as const;

t.test('S2: of two units that hang at once the second waits until the first action is done', async (t) => {
  const world = createWorld([policy('docker'), policy('proxy')]);
  world.advance(60_000);
  world.forget();
  for (const name of ['docker', 'proxy']) {
    for (const probe of ['vote', 'witness']) world.answer(`${name}/${probe}`, sick);
    world.unit(name).program.startMs = hung.slow;
  }
  while (world.remedial().length < 1) world.advance(100);
  const first = world.nowMs();
  world.advance(15_000);
  t.equal(world.remedial().length, 1);
  t.match(world.told('action.deferred'), [{ reason: 'restart.slot-busy' }]);
  while (world.remedial().length < 2) world.advance(100);
  t.ok(world.nowMs() - first >= hung.slow, 'the start of the first took so long');
  t.same(
    world
      .remedial()
      .map(({ component }) => component)
      .sort(),
    ['docker', 'proxy'],
  );
});

t.test('S2: starting what is down disrupts nothing and waits for nobody', async (t) => {
  const world = createWorld([policy('docker'), policy('proxy')], { units: { proxy: { restart: 'no' } } });
  world.advance(60_000);
  world.forget();
  world.unit('docker').program.startMs = 80_000;
  for (const probe of ['vote', 'witness']) world.answer(`docker/${probe}`, sick);
  while (world.remedial().length < 1) world.advance(100);
  world.unit('proxy').crash();
  world.advance(100);
  t.match(world.remedial(), [
    { type: 'unit.restart', component: 'docker' },
    { type: 'unit.start', component: 'proxy' },
  ]);
});

t.test('S2: while an operator restarts a unit that hangs, nobody gets in between', async (t) => {
  const world = createWorld([policy('docker')]);
  world.advance(60_000);
  world.unit('docker').freeze();
  world.advance(10_000);
  world.forget();
  world.unit('docker').restart();
  world.advance(89_000);
  t.same(world.remedial(), []);
  world.advance(5_000);
  t.equal(world.phase('docker'), 'healthy');
  t.match(world.told('component.restarted'), [{ by: 'other', reason: 'restart.foreign' }]);
});

t.test('S2: a job that is under way for a running unit is waited for, whatever it is', async (t) => {
  const world = createWorld([policy('docker')]);
  world.advance(60_000);
  world.forget();
  world.unit('docker').set({ activeState: 'reloading', job: 77 });
  for (const probe of ['vote', 'witness']) world.answer(`docker/${probe}`, sick);
  world.advance(60_000);
  t.same(world.remedial(), []);
  t.match(world.told('action.deferred'), [{ reason: 'restart.job-busy' }]);
  world.unit('docker').set({ activeState: 'active', job: 0 });
  world.advance(100);
  t.match(world.remedial(), [{ type: 'unit.restart' }]);
});

t.test('S2: a job whose end systemd did not tell is believed for 5 s', async (t) => {
  const world = createWorld([policy('docker')]);
  world.advance(60_000);
  for (const probe of ['vote', 'witness']) world.answer(`docker/${probe}`, sick);
  world.advance(14_000);
  world.forget();
  world.send({ type: 'job.started', unit: 'docker.service', job: 77 });
  while (world.remedial().length < 1) {
    if (world.told('action.deferred').length === 0)
      world.send({ type: 'job.started', unit: 'docker.service', job: 77 });
    world.advance(1_000);
  }
  t.match(world.told('action.deferred'), [{ reason: 'restart.job-busy' }]);
  t.equal(world.remedial().length, 1);
});

t.test('S2: a reboot waits even for a start that is under way', async (t) => {
  const world = createWorld([policy('docker', { ladder: [{ remedy: 'reboot' }] }), policy('proxy')], {
    units: { proxy: { restart: 'no' } },
  });
  world.advance(60_000);
  world.unit('proxy').program.startMs = 80_000;
  world.unit('docker').freeze();
  world.advance(10_000);
  world.forget();
  world.unit('proxy').crash();
  const crashed = world.nowMs();
  while (world.remedial().length < 2) world.advance(100);
  t.match(world.remedial(), [{ type: 'unit.start', component: 'proxy' }, { type: 'node.reboot' }]);
  t.ok(world.nowMs() - crashed >= 80_000);
});
