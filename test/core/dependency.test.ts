import t from 'tap';
import { createWorld, policy, refused, sick, type World } from './world.ts';

function node(): World {
  const world = createWorld([policy('containerd'), policy('kubelet', { after: ['containerd'] })]);
  world.advance(60_000);
  world.forget();
  return world;
}

const of = (world: World, component: string) => world.remedial().filter((one) => one.component === component);

t.test('S9: a kubelet that fails because its runtime hangs waits for the runtime', async (t) => {
  const world = node();
  world.unit('containerd').freeze();
  for (const probe of ['vote', 'witness']) world.answer(`kubelet/${probe}`, sick);
  world.unit('containerd').program.startMs = 80_000;
  while (of(world, 'containerd').length === 0) world.advance(100);
  world.advance(70_000);
  t.match(world.component('kubelet'), { phase: 'held', reason: 'dependency.down', detail: 'containerd' });
  t.same(of(world, 'kubelet'), []);
  for (const probe of ['vote', 'witness']) world.answer(`kubelet/${probe}`, null);
  world.advance(20_000);
  t.equal(world.phase('containerd'), 'healthy');
  t.equal(world.phase('kubelet'), 'healthy');
  t.same(of(world, 'kubelet'), []);
});

t.test('S9: a kubelet that crashes while its runtime is down is started after it', async (t) => {
  const world = createWorld([policy('containerd'), policy('kubelet', { after: ['containerd'] })], {
    units: { containerd: { restart: 'no' }, kubelet: { restart: 'no' } },
  });
  world.advance(60_000);
  world.unit('containerd').program.startMs = 20_000;
  world.unit('containerd').crash();
  world.unit('kubelet').crash();
  world.advance(19_000);
  t.equal(world.phase('kubelet'), 'held');
  world.advance(2_000);
  t.match(world.remedial(), [{ component: 'containerd' }, { component: 'kubelet' }]);
  t.equal(world.phase('kubelet'), 'healthy');
});

t.test('S9: one that is well while its dependency is not is left as it is', async (t) => {
  const world = node();
  world.stop('containerd');
  world.advance(600_000);
  t.equal(world.phase('kubelet'), 'healthy');
  t.same(world.remedial(), []);
});

t.test('S9: what it was held for is forgotten: trouble of its own has to last anew', async (t) => {
  const world = node();
  world.unit('containerd').freeze();
  for (const probe of ['vote', 'witness']) world.answer(`kubelet/${probe}`, refused);
  while (world.phase('containerd') !== 'healthy' || of(world, 'containerd').length === 0) world.advance(100);
  world.advance(10_000);
  t.same(of(world, 'kubelet'), []);
  world.advance(30_000);
  t.match(of(world, 'kubelet'), [{ type: 'unit.restart' }]);
});

t.test('S9: a plan for the dependent is called off when the dependency falls', async (t) => {
  const world = createWorld([policy('containerd'), policy('kubelet', { after: ['containerd'] })], {
    units: { kubelet: { restart: 'no' } },
  });
  world.advance(60_000);
  world.forget();
  world.unit('containerd').program.startMs = 20_000;
  world.unit('kubelet').crash();
  t.match(world.component('kubelet').deed, { stage: 'preparing' });
  world.unit('containerd').crash();
  world.advance(10_000);
  t.same(of(world, 'kubelet'), []);
});

t.test('S9: a dependent is not started into a change of its dependency that is under way', async (t) => {
  const world = createWorld([policy('containerd'), policy('kubelet', { after: ['containerd'] })], {
    units: { kubelet: { restart: 'no' } },
  });
  world.advance(60_000);
  world.forget();
  world.unit('containerd').set({ job: 9 });
  world.unit('kubelet').crash();
  world.advance(10_000);
  t.equal(world.phase('kubelet'), 'held');
  world.unit('containerd').set({ job: 0 });
  world.advance(1_000);
  t.equal(world.phase('kubelet'), 'healthy');
});

const nobodyWaits = [
  { what: 'masked', changes: { loadState: 'masked', unitFileState: 'masked', activeState: 'inactive', mainPid: 0 } },
  { what: 'absent', changes: { loadState: 'not-found', activeState: 'inactive', mainPid: 0 } },
  { what: 'disabled and down', changes: { unitFileState: 'disabled', activeState: 'inactive', mainPid: 0 } },
] as const;

for (const { what, changes } of nobodyWaits) {
  t.test(`S9: nobody waits for a runtime that is ${what}`, async (t) => {
    const world = createWorld([policy('crio'), policy('kubelet', { after: ['crio'] })], {
      down: ['crio'],
      units: { kubelet: { restart: 'no' } },
    });
    world.unit('crio').set(changes);
    world.advance(60_000);
    world.unit('kubelet').crash();
    world.advance(1_000);
    t.match(world.remedial(), [{ component: 'kubelet' }]);
    t.equal(world.phase('kubelet'), 'healthy');
  });
}

t.test('S9: a runtime that an operator stopped is waited for', async (t) => {
  const world = createWorld([policy('containerd'), policy('kubelet', { after: ['containerd'] })], {
    units: { kubelet: { restart: 'no' } },
  });
  world.advance(60_000);
  world.stop('containerd');
  world.unit('kubelet').crash();
  world.advance(600_000);
  t.same(world.remedial(), []);
  t.equal(world.phase('kubelet'), 'held');
});

t.test(
  'S9: what the probes of a dependent say while its runtime is paused may be the fault of the runtime',
  async (t) => {
    const world = node();
    world.send({ type: 'pause.asked', component: 'containerd', forMs: 1_800_000, text: 'maintenance' });
    world.unit('containerd').freeze();
    for (const probe of ['vote', 'witness']) world.answer(`kubelet/${probe}`, sick);
    world.advance(600_000);
    t.match(world.component('kubelet'), { phase: 'held', reason: 'dependency.down', detail: 'containerd' });
    t.same(world.remedial(), []);
    world.unit('kubelet').crash();
    world.advance(20_000);
    t.match(of(world, 'kubelet'), [{ reason: 'restart.first-crash' }], 'what ended is started');
    t.equal(world.phase('kubelet'), 'mending');
    world.advance(600_000);
    t.equal(of(world, 'kubelet').length, 1, 'and not killed for what it says then');
    t.equal(world.phase('kubelet'), 'held');
  },
);

t.test('S9: a proxy that was stopped, disabled and enabled again is waited for', async (t) => {
  const world = createWorld([policy('proxy'), policy('edge', { after: ['proxy'] })], {
    units: { edge: { restart: 'no' } },
  });
  world.advance(60_000);
  world.stop('proxy');
  world.unit('proxy').set({ unitFileState: 'disabled' });
  world.advance(1_000);
  world.unit('proxy').set({ unitFileState: 'enabled' });
  world.unit('edge').crash();
  world.advance(600_000);
  t.same(world.remedial(), []);
  t.match(world.component('edge'), { phase: 'held', detail: 'proxy' });
});

t.test('S9: what was seen while a proxy was down is no evidence once that is disabled', async (t) => {
  const world = createWorld([policy('proxy'), policy('edge', { after: ['proxy'] })]);
  world.advance(60_000);
  world.stop('proxy');
  world.answer('edge/vote', sick);
  world.answer('edge/witness', sick);
  world.advance(60_000);
  world.unit('edge').restart();
  world.advance(29_000);
  world.unit('proxy').set({ unitFileState: 'disabled' });
  world.forget();
  world.advance(14_000);
  t.same(world.remedial(), [], 'its trouble has to last anew');
  world.advance(10_000);
  t.match(world.remedial(), [{ component: 'edge' }]);
});

t.test('S9: a proxy under suspicion is waited for by the next agent too', async (t) => {
  const world = createWorld([policy('proxy'), policy('edge', { after: ['proxy'] })], {
    units: { edge: { restart: 'no' } },
  });
  world.advance(60_000);
  world.unit('proxy').freeze();
  world.advance(9_000);
  t.equal(world.phase('proxy'), 'suspect');
  world.unit('edge').crash();
  world.restartAgent();
  t.equal(world.phase('proxy'), 'suspect');
  world.advance(2_000);
  t.same(world.remedial(), []);
  t.equal(world.phase('edge'), 'held');
});
