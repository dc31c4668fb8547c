import t from 'tap';
import { createWorld, policy, type World } from './world.ts';

function settled(restart = 'always'): World {
  const world = createWorld([policy('proxy', { ladder: [{ remedy: 'kill' }] })], {
    units: { proxy: { restart, restartMs: 100 } },
  });
  world.advance(60_000);
  world.forget();
  return world;
}

const who = (world: World) => world.told('component.restarted').map(({ by, reason }) => `${by}: ${reason}`);

t.test("systemd's own restart is told by its counter, with the cause", async (t) => {
  const world = settled();
  world.unit('proxy').crash('oom-kill');
  world.advance(1_000);
  t.same(who(world), ['systemd: unit.oom-killed']);
});

t.test("an operator's restart is told as foreign, although the unit is down in the middle of it", async (t) => {
  const world = settled();
  world.unit('proxy').restart();
  world.advance(1_000);
  t.same(who(world), ['other: restart.foreign']);
  t.same(world.component('proxy').spent, [], 'and costs nothing');
});

t.test('a stop and a start of an operator are no restart', async (t) => {
  const world = settled();
  world.stop('proxy');
  world.unit('proxy').start();
  world.advance(1_000);
  t.same(who(world), []);
});

t.test('our own is told with its reason', async (t) => {
  const world = settled();
  world.send({ type: 'restart.asked', component: 'proxy' });
  world.advance(1_000);
  t.same(who(world), ['nodemend: restart.asked']);
});

t.test('a crash while ours is being verified is not ours', async (t) => {
  const world = settled();
  world.answer('proxy/vote', { verdict: 'unhealthy', reason: 'probe.refused' });
  world.send({ type: 'restart.asked', component: 'proxy' });
  world.advance(1_000);
  world.unit('proxy').crash();
  world.advance(1_000);
  t.same(who(world), ['nodemend: restart.asked', 'systemd: unit.crashed']);
});

t.test('the first sight of a unit is no restart, nor is the next boot', async (t) => {
  const world = settled();
  world.killAgent();
  world.unit('proxy').restart();
  world.advance(10);
  world.startAgent({ bootId: 'boot-two' });
  world.advance(1_000);
  t.same(who(world), []);
});
