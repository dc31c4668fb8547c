import t from 'tap';
import { createWorld, policy, type World } from './world.ts';

function settled(): World {
  const world = createWorld([policy('proxy'), policy('docker')], { units: { proxy: { restart: 'no' } } });
  world.advance(60_000);
  world.forget();
  return world;
}

const pauses = (world: World) =>
  world.told('pause.changed').map(({ component, reason, detail }) => [component, reason, detail]);

t.test('a pause ends by itself, and what is down then is started', async (t) => {
  const world = settled();
  world.send({ type: 'pause.asked', component: 'proxy', forMs: 60_000, text: 'new disk' });
  world.unit('proxy').crash();
  world.advance(59_000);
  t.same(world.remedial(), []);
  world.advance(2_000);
  t.equal(world.phase('proxy'), 'healthy');
  t.same(pauses(world), [
    ['proxy', 'pause.set', 'new disk'],
    ['proxy', 'pause.expired', ''],
  ]);
});

t.test('it can be ended early', async (t) => {
  const world = settled();
  world.send({ type: 'pause.asked', component: null, forMs: 600_000, text: 'new kernel' });
  world.unit('proxy').crash();
  world.advance(1_000);
  t.equal(world.phase('docker'), 'paused');
  world.send({ type: 'resume.asked', component: null });
  world.advance(1_000);
  t.equal(world.phase('proxy'), 'healthy');
  t.equal(world.phase('docker'), 'healthy');
  t.same(pauses(world).at(-1), [null, 'pause.resumed', '']);
});

t.test('it outlives the agent, and a reboot makes it no shorter', async (t) => {
  const world = settled();
  world.send({ type: 'pause.asked', component: 'proxy', forMs: 60_000, text: 'new disk' });
  world.advance(30_000);
  world.restartAgent('boot-two');
  world.advance(29_000);
  t.equal(world.phase('proxy'), 'paused');
  world.advance(10_000);
  t.equal(world.phase('proxy'), 'healthy');
});

t.test('a pause for a component that is not there is none', async (t) => {
  const world = settled();
  world.send({ type: 'pause.asked', component: 'nobody', forMs: 60_000, text: '' });
  t.same(world.told('pause.changed'), []);
});
