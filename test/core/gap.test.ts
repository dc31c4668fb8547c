import t from 'tap';
import { createWorld, policy, refused, silent, type World } from './world.ts';

function settled(changes: Parameters<typeof policy>[1] = {}): World {
  const world = createWorld([policy('containerd', changes)], { units: { containerd: { restart: 'no' } } });
  world.advance(60_000);
  world.forget();
  return world;
}

t.test('S13: what was seen before the agent was stopped is no evidence afterwards', async (t) => {
  const world = settled();
  for (const probe of ['vote', 'witness']) world.answer(`containerd/${probe}`, refused);
  world.advance(14_000);
  t.equal(world.phase('containerd'), 'suspect');
  world.stall(30_000);
  t.match(world.told('node.changed'), [{ reason: 'clock.gap' }]);
  t.same(world.component('containerd').probes['vote']?.window, []);
  world.advance(13_000);
  t.same(world.remedial(), [], 'the trouble has to last anew');
  world.advance(10_000);
  t.equal(world.remedial().length, 1);
});

t.test('S13: an agent that is a second late is not disturbed by it', async (t) => {
  const world = settled();
  world.stall(1_000);
  t.same(world.told('node.changed'), []);
});

t.test('S13: a suspended machine is noticed by its two clocks, and looks from before count no more', async (t) => {
  const world = settled();
  for (const probe of ['vote', 'witness']) world.answer(`containerd/${probe}`, refused);
  world.advance(14_000);
  world.host({ suspendedMs: 3_600_000 });
  world.advance(13_000);
  t.match(world.told('node.changed'), [{ reason: 'clock.gap', detail: '3600000 ms' }]);
  t.same(world.remedial(), []);
});

t.test('S13: a suspension that is found out while an action is being prepared calls it off', async (t) => {
  const world = settled();
  for (const probe of ['vote', 'witness']) world.answer(`containerd/${probe}`, refused);
  while (world.component('containerd').deed === null) {
    world.host({ suspendedMs: 0 });
    world.advance(1);
  }
  world.host({ suspendedMs: 3_600_000 });
  world.send({
    type: 'host.sampled',
    sample: { pressure: 0, loopLagMs: 0, packageManager: null, suspendedMs: 3_600_000 },
  });
  world.advance(10_000);
  t.same(world.remedial(), []);
});

t.test('S13: noise of a few milliseconds between the two clocks is none', async (t) => {
  const world = settled();
  world.host({ suspendedMs: 40 });
  world.advance(10_000);
  t.same(world.told('node.changed'), []);
});

t.test('S13: an action that was only planned is not carried out after a gap on what was known before', async (t) => {
  const world = settled();
  world.unit('containerd').crash();
  t.match(world.component('containerd').deed, { stage: 'preparing' });
  world.killPerformers();
  world.unit('containerd').start();
  world.stall(30_000);
  world.advance(1_000);
  t.same(world.remedial(), [], 'somebody started it meanwhile');
});

t.test('S13: a verification gets the time back in which nobody could watch', async (t) => {
  const world = settled();
  world.answer('containerd/vote', refused);
  world.unit('containerd').crash();
  world.advance(10_000);
  t.match(world.component('containerd').deed, { stage: 'verifying' });
  world.answer('containerd/vote', { ...silent, tookMs: 1_000 });
  world.stall(60_000);
  world.answer('containerd/vote', null);
  world.advance(10_000);
  t.match(world.told('action.ended'), [{ ok: true }]);
});

t.test('S13: evidence from before a pause, and from another policy, is dropped as well', async (t) => {
  const world = settled();
  for (const probe of ['vote', 'witness']) world.answer(`containerd/${probe}`, refused);
  world.advance(14_000);
  world.send({ type: 'pause.asked', component: 'containerd', forMs: 600_000, text: 'work' });
  world.advance(600_000);
  t.not(world.phase('containerd'), 'paused');
  world.advance(13_000);
  t.same(world.remedial(), []);
  world.loadPolicies([policy('containerd', { graceMs: 20_000 })]);
  world.advance(13_000);
  t.same(world.remedial(), []);
  world.advance(10_000);
  t.equal(world.remedial().length, 1);
});
