import t from 'tap';
import { createWorld, policy, sick, type World } from './world.ts';

function settled(): World {
  const world = createWorld([policy('proxy'), policy('docker')], { units: { proxy: { restart: 'no' } } });
  world.advance(60_000);
  world.forget();
  return world;
}

t.test('a new policy keeps the budget, and a component of another name over the same unit too', async (t) => {
  const world = settled();
  world.unit('proxy').crash();
  world.advance(1_000);
  t.equal(world.component('proxy').spent.length, 1);
  world.loadPolicies([policy('edge', { unit: 'proxy.service', graceMs: 20_000 }), policy('docker')]);
  t.equal(world.component('edge').spent.length, 1);
  t.same(Object.keys(world.state().components), ['edge', 'docker']);
});

t.test('what is no longer in the configuration is let go of, its incident closed', async (t) => {
  const world = settled();
  world.unit('proxy').program.starts = 'badly';
  world.unit('proxy').crash();
  world.advance(60_000);
  world.loadPolicies([policy('docker')]);
  t.same(Object.keys(world.state().components), ['docker']);
  t.match(world.told('incident.closed'), [{ component: 'proxy', reason: 'config.loaded', recovered: false }]);
});

t.test('an action under way is told as ended when its component goes', async (t) => {
  const world = settled();
  world.perform('mute');
  world.unit('proxy').crash();
  world.advance(1_000);
  world.loadPolicies([policy('docker')]);
  t.match(world.told('action.ended'), [{ component: 'proxy', ok: false, reason: 'config.loaded' }]);
});

t.test('what was planned under another ladder is planned anew', async (t) => {
  const world = settled();
  for (const probe of ['vote', 'witness']) world.answer(`proxy/${probe}`, sick);
  while (world.component('proxy').deed === null) world.advance(1);
  world.loadPolicies([policy('proxy', { ladder: [{ remedy: 'kill' }] }), policy('docker')]);
  world.advance(60_000);
  t.match(world.remedial(), [{ type: 'unit.kill' }]);
});

t.test('so is a command that was about to be run', async (t) => {
  const world = settled();
  const running = (path: string) => [{ remedy: 'exec', argv: [path], timeoutMs: 5_000 }] as const;
  world.loadPolicies([policy('proxy', { ladder: running('/usr/bin/old') }), policy('docker')]);
  world.unit('proxy').crash();
  t.match(world.component('proxy').deed, { stage: 'preparing', command: { argv: ['/usr/bin/old'] } });
  world.loadPolicies([policy('proxy', { ladder: running('/usr/bin/new') }), policy('docker')]);
  world.advance(500);
  t.match(world.remedial(), [{ argv: ['/usr/bin/new'] }]);
});

t.test('the same configuration again changes nothing', async (t) => {
  const world = settled();
  const before = world.state().components;
  world.loadPolicies([policy('proxy'), policy('docker')]);
  t.same(world.state().components, before);
});
