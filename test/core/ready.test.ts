import t from 'tap';
import { step } from '../../src/core/step.ts';
import { createWorld, policy, type World } from './world.ts';

function node(ready: NonNullable<Parameters<typeof createWorld>[1]>['ready'] = {}): World {
  const world = createWorld([policy('containerd'), policy('proxy', { critical: false })], {
    ready,
    units: { containerd: { restart: 'no' }, proxy: { restart: 'no' } },
  });
  world.advance(60_000);
  world.forget();
  return world;
}

const answers = (world: World) => world.told('node.ready').map(({ ready, reason }) => `${ready} ${reason}`);

t.test('the node is ready as soon as every critical component has been seen', async (t) => {
  const world = createWorld([policy('containerd')]);
  t.same(answers(world), ['true node.ready']);
});

t.test('trouble of a critical component counts after a second, its end after five', async (t) => {
  const world = node();
  world.unit('containerd').program.startMs = 3_000;
  const crashedAt = world.nowMs();
  world.unit('containerd').crash();
  world.advance(20_000);
  t.same(answers(world), ['false node.not-ready', 'true node.ready']);
  t.match(world.told('node.ready')[0], { detail: 'containerd' });
  const turned = world.turns().filter(({ transitions }) => transitions.some((one) => one.type === 'node.ready'));
  t.equal((turned.at(-2)?.nowMs ?? 0) - crashedAt, 1_000);
  t.ok((turned.at(-1)?.nowMs ?? 0) - crashedAt >= 8_000);
});

t.test('a repair that takes less than a second does not turn traffic away', async (t) => {
  const world = node();
  world.unit('containerd').crash();
  world.advance(20_000);
  t.equal(world.remedial().length, 1);
  t.same(answers(world), []);
});

t.test('what is not critical does not count', async (t) => {
  const world = node();
  world.unit('proxy').program.starts = 'badly';
  world.unit('proxy').crash();
  world.advance(60_000);
  t.equal(world.phase('proxy'), 'exhausted');
  t.same(answers(world), []);
});

t.test('a blind agent keeps its answer for a minute, then fails open', async (t) => {
  const world = node();
  world.loseBus();
  world.advance(59_000);
  t.same(answers(world), []);
  world.advance(2_000);
  t.same(answers(world), ['true node.blind']);
  world.findBus();
  world.advance(1_000);
  t.same(answers(world), ['true node.blind', 'true node.ready']);
});

t.test('or closed, where it is told to', async (t) => {
  const world = node({ failOpen: false });
  world.loseBus();
  world.advance(61_000);
  t.same(answers(world), ['false node.blind']);
});

t.test('a shutdown counts at once, and its end too', async (t) => {
  const world = node();
  world.send({ type: 'shutdown.announced' });
  t.same(answers(world), ['false node.shutting-down']);
  world.send({ type: 'shutdown.canceled' });
  world.advance(10_000);
  t.same(answers(world), ['false node.shutting-down', 'true node.ready']);
});

t.test('a time that has come is not missed by a rounding of floating point', async (t) => {
  const world = node();
  // Reached in a random story: 1044733.7900011708 + 5000 is 1049733.7900011707, and that less the first is below 5000.
  const ready = { ready: false, reason: 'node.not-ready', detail: '', sinceMs: 0, blindSinceMs: null } as const;
  const { state } = world;
  const before = { ...state(), node: { ...state().node, ready: { ...ready, turningSinceMs: 1_044_733.7900011708 } } };
  const { state: after } = step(before, { type: 'tick' }, 1_044_733.7900011708 + 5_000);
  t.match(after.node.ready, { ready: true, reason: 'node.ready' });
});

t.test('a shutdown while the agent is blind does not wake it in vain', async (t) => {
  const world = node();
  world.loseBus();
  world.advance(30_000);
  world.send({ type: 'shutdown.announced' });
  const before = world.turns().length;
  world.advance(300_000);
  t.ok(world.turns().length - before < 600, `${world.turns().length - before} turns in 5 minutes`);
});
