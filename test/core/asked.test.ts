import t from 'tap';
import { createWorld, policy, type World } from './world.ts';

function settled(): World {
  const world = createWorld([policy('proxy'), policy('docker')]);
  world.advance(60_000);
  world.forget();
  return world;
}

t.test('an operator’s restart goes through intent, evidence and verification', async (t) => {
  const world = settled();
  world.send({ type: 'restart.asked', component: 'proxy' });
  world.advance(1_000);
  t.match(world.remedial(), [{ type: 'unit.restart', reason: 'restart.asked' }]);
  t.match(world.told('action.ended'), [{ ok: true, reason: 'restart.verified' }]);
  t.ok(world.turns().some(({ actions }) => actions.some(({ type }) => type === 'evidence.capture')));
  t.same(world.told('incident.opened'), []);
});

t.test('one that has to wait leaves the component as it is until it is begun', async (t) => {
  const world = settled();
  world.host({ packageManager: 'dpkg' });
  world.advance(10_000);
  world.send({ type: 'restart.asked', component: 'proxy' });
  world.advance(60_000);
  t.equal(world.phase('proxy'), 'healthy');
  t.match(world.told('action.deferred'), [{ reason: 'node.upgrading' }]);
  world.host({ packageManager: null });
  world.advance(6_000);
  t.equal(world.remedial().length, 1);
});

t.test('while it waits the component is seen for what it is', async (t) => {
  const world = settled();
  world.host({ packageManager: 'dpkg' });
  world.advance(10_000);
  world.send({ type: 'restart.asked', component: 'proxy' });
  world.unit('proxy').crash();
  world.advance(100);
  t.equal(world.phase('proxy'), 'unhealthy');
  world.advance(60_000);
  t.equal(world.phase('proxy'), 'healthy', 'systemd has restarted it');
  t.equal(world.told('action.deferred').length, 1);
});

t.test('one that waits for the slot is begun as soon as that is free, even without a probe to wake it', async (t) => {
  const world = createWorld([policy('proxy'), policy('docker', { probes: {} })]);
  world.advance(60_000);
  world.unit('proxy').program.startMs = 20_000;
  world.send({ type: 'restart.asked', component: 'proxy' });
  world.send({ type: 'restart.asked', component: 'docker' });
  world.advance(19_000);
  t.equal(world.remedial().length, 1);
  world.advance(1_100);
  t.match(world.remedial(), [{ component: 'proxy' }, { component: 'docker' }]);
});

t.test('what is repaired while one waits is counted as a repair, and is what was asked for', async (t) => {
  const world = createWorld([policy('proxy'), policy('docker')], { units: { docker: { restart: 'no' } } });
  world.advance(60_000);
  world.unit('proxy').program.startMs = 20_000;
  world.send({ type: 'restart.asked', component: 'proxy' });
  world.send({ type: 'restart.asked', component: 'docker' });
  world.advance(1_000);
  world.unit('docker').crash();
  world.advance(60_000);
  t.match(world.remedial(), [{ component: 'proxy' }, { component: 'docker', reason: 'restart.down' }]);
  t.equal(world.remedial().length, 2);
  t.equal(world.component('docker').spent.length, 1);
});

t.test('one that comes while somebody else’s job is under way waits for it', async (t) => {
  const world = settled();
  world.unit('proxy').program.startMs = 10_000;
  world.unit('proxy').restart();
  world.send({ type: 'restart.asked', component: 'proxy' });
  world.advance(9_000);
  t.same(world.remedial(), []);
  t.equal(world.phase('proxy'), 'starting');
  world.advance(20_000);
  t.match(world.remedial(), [{ type: 'unit.restart', reason: 'restart.asked' }]);
});

t.test('a job that begins while one is being prepared goes first', async (t) => {
  const world = settled();
  world.unit('proxy').program.startMs = 10_000;
  world.send({ type: 'restart.asked', component: 'proxy' });
  t.match(world.component('proxy').deed, { stage: 'preparing' });
  world.unit('proxy').restart();
  world.advance(9_000);
  t.same(world.remedial(), []);
});

t.test('hands off ends it', async (t) => {
  const world = settled();
  world.send({ type: 'shutdown.announced' });
  world.send({ type: 'restart.asked', component: 'proxy' });
  world.send({ type: 'pause.asked', component: 'proxy', forMs: 10_000, text: '' });
  world.send({ type: 'shutdown.canceled' });
  world.advance(60_000);
  t.same(world.remedial(), []);
});
