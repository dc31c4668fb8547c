import t from 'tap';
import { createWorld, policy, refused, sick, type World } from './world.ts';

function settled(changes: Parameters<typeof policy>[1] = {}, restart = 'no'): World {
  const world = createWorld([policy('proxy', changes)], { units: { proxy: { restart } } });
  world.advance(60_000);
  world.forget();
  return world;
}

const ends = (world: World) => world.told('action.ended').map(({ remedy, ok, reason }) => ({ remedy, ok, reason }));

t.test('S10: an action counts as done only when the unit runs anew and its probes are green', async (t) => {
  const world = settled();
  world.answer('proxy/vote', refused);
  world.unit('proxy').crash();
  world.advance(20_000);
  t.match(world.unit('proxy').get(), { activeState: 'active' });
  t.match(world.component('proxy'), { phase: 'mending', reason: 'restart.verifying' });
  t.same(ends(world), []);
  world.answer('proxy/vote', null);
  world.advance(6_000);
  t.same(ends(world), [{ remedy: 'start', ok: true, reason: 'restart.verified' }]);
});

t.test('S10: what is not green within its grace leads to the next rung', async (t) => {
  const world = settled();
  for (const probe of ['vote', 'witness']) world.answer(`proxy/${probe}`, sick);
  while (world.remedial().length < 2) world.advance(1_000);
  t.match(world.remedial(), [{ type: 'unit.restart' }, { type: 'unit.kill' }]);
  t.same(ends(world), [{ remedy: 'restart', ok: false, reason: 'restart.not-verified' }]);
});

t.test('S10: a unit that falls again while it is being verified is not waited for', async (t) => {
  const world = settled();
  world.answer('proxy/vote', refused);
  world.unit('proxy').crash();
  world.advance(1_000);
  world.unit('proxy').crash('oom-kill');
  world.advance(1);
  t.same(ends(world), [{ remedy: 'start', ok: false, reason: 'unit.oom-killed' }]);
});

t.test('S10: a job that failed is told with the reason that its performer gave', async (t) => {
  const world = settled();
  world.unit('proxy').program.starts = 'badly';
  world.unit('proxy').crash();
  world.advance(500);
  t.match(world.told('action.ended'), [{ ok: false, reason: 'action.failed', detail: 'the job failed' }]);
});

t.test('S10: a unit that runs anew is not punished for a reply that was lost', async (t) => {
  const world = settled({ probes: {} });
  world.perform('mute');
  world.unit('proxy').crash();
  world.advance(500);
  const id = world.component('proxy').deed?.id ?? '';
  world.unit('proxy').start();
  world.advance(10);
  world.send({ type: 'action.finished', id, result: { ok: false, reason: 'action.failed', detail: 'no reply' } });
  t.same(ends(world), [{ remedy: 'start', ok: true, reason: 'restart.verified' }]);
});

t.test('S10: a job that somebody canceled is left at that: the remedy was not tried', async (t) => {
  const world = settled();
  world.perform('mute');
  for (const probe of ['vote', 'witness']) world.answer(`proxy/${probe}`, sick);
  while (world.remedial().length < 1) world.advance(100);
  const id = world.component('proxy').deed?.id ?? '';
  world.send({ type: 'action.finished', id, result: { ok: false, reason: 'action.canceled', detail: '' } });
  t.same(ends(world), [{ remedy: 'restart', ok: false, reason: 'action.canceled' }]);
  world.advance(10_000);
  t.match(world.remedial(), [{ type: 'unit.restart' }, { type: 'unit.restart' }]);
});

t.test('S10: a command is verified by the probes alone, for it need not start the unit anew', async (t) => {
  const world = settled({ ladder: [{ remedy: 'exec', argv: ['/usr/bin/mend', 'proxy'], timeoutMs: 9_000 }] });
  for (const probe of ['vote', 'witness']) world.answer(`proxy/${probe}`, sick);
  while (world.remedial().length < 1) world.advance(100);
  t.match(world.remedial(), [{ type: 'command.run', argv: ['/usr/bin/mend', 'proxy'], timeoutMs: 9_000 }]);
  for (const probe of ['vote', 'witness']) world.answer(`proxy/${probe}`, null);
  world.advance(6_000);
  t.same(ends(world), [{ remedy: 'exec', ok: true, reason: 'restart.verified' }]);
  t.equal(world.phase('proxy'), 'healthy');
});

t.test('S10: a verification that began is not ended by a start that takes its time', async (t) => {
  const world = settled();
  world.unit('proxy').program.startMs = 85_000;
  world.unit('proxy').crash();
  world.advance(95_000);
  t.same(ends(world), [{ remedy: 'start', ok: true, reason: 'restart.verified' }]);
});
