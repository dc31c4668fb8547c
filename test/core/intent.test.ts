import t from 'tap';
import { createWorld, policy, type World } from './world.ts';

function worldWithProxy(): World {
  const world = createWorld([policy('proxy')], { units: { proxy: { restart: 'no' } } });
  world.advance(60_000);
  world.forget();
  return world;
}

t.test('S1: the intent is in the state that comes with the action', async (t) => {
  const world = worldWithProxy();
  world.unit('proxy').crash();
  world.advance(1_000);
  const [action] = world.remedial();
  const turn = world.turns().find(({ actions }) => actions.some((one) => one === action));
  t.match(turn?.after.components['proxy']?.deed, { id: action?.id, stage: 'acting', remedy: 'start' });
});

t.test('S1: an intent whose call never left is verified first and not repeated blindly', async (t) => {
  const world = worldWithProxy();
  world.killAgentAtAction('before');
  world.unit('proxy').crash();
  world.advance(1_000);
  t.notOk(world.isAgentUp());
  world.startAgent();
  world.advance(29_000);
  t.same(world.remedial(), []);
  t.match(world.component('proxy').deed, { stage: 'verifying', remedy: 'start' });
  world.advance(5_000);
  t.match(world.told('action.ended'), [{ ok: false, reason: 'restart.not-verified' }, { ok: true }]);
  t.equal(world.remedial().length, 1);
  t.equal(world.phase('proxy'), 'healthy');
});

t.test('S1: an intent that was carried out while the agent was down is found done', async (t) => {
  const world = worldWithProxy();
  world.killAgentAtAction('after');
  world.unit('proxy').crash();
  world.advance(1_000);
  t.notOk(world.isAgentUp());
  world.startAgent();
  world.advance(60_000);
  t.equal(world.remedial().length, 1);
  t.match(world.told('action.ended'), [{ ok: true, reason: 'restart.verified' }]);
  t.match(world.told('component.restarted'), [{ by: 'nodemend' }]);
});

t.test('S1: a job that is still under way is waited for by the next agent, however slow it is', async (t) => {
  const world = worldWithProxy();
  world.unit('proxy').program.startMs = 80_000;
  world.killAgentAtAction('after');
  world.unit('proxy').crash();
  world.advance(1_000);
  world.startAgent();
  world.advance(120_000);
  t.equal(world.remedial().length, 1);
  t.match(world.told('action.ended'), [{ ok: true, reason: 'restart.verified' }]);
});

t.test('S1: a plan that had not become an intent is made anew by the next agent', async (t) => {
  const world = worldWithProxy();
  world.unit('proxy').crash();
  t.match(world.component('proxy').deed, { stage: 'preparing' });
  world.restartAgent();
  world.advance(1_000);
  t.equal(world.remedial().length, 1);
  t.equal(world.phase('proxy'), 'healthy');
});

t.test('S1: after a boot an open intent is closed as interrupted', async (t) => {
  const world = worldWithProxy();
  world.killAgentAtAction('before');
  world.unit('proxy').crash();
  world.advance(1_000);
  world.unit('proxy').start();
  world.startAgent({ bootId: 'boot-two' });
  world.advance(60_000);
  t.same(world.remedial(), []);
  t.match(world.told('action.ended'), [{ ok: false, reason: 'action.interrupted' }]);
  t.equal(world.phase('proxy'), 'healthy');
});

t.test('S1: an action whose performer is never heard of again is given up for lost and told', async (t) => {
  const world = worldWithProxy();
  world.perform('mute');
  world.unit('proxy').crash();
  world.advance(199_000);
  t.equal(world.phase('proxy'), 'mending');
  world.perform('well');
  world.advance(60_000);
  t.match(world.told('action.ended'), [{ ok: false, reason: 'action.timeout' }, { ok: true }]);
  t.equal(world.phase('proxy'), 'healthy');
});
