import t from 'tap';
import { createWorld, policy, type World } from './world.ts';

const minute = 60_000;

/** A proxy that systemd does not restart and that fails at every start. */
function broken(changes: Parameters<typeof policy>[1] = {}): World {
  const world = createWorld([policy('proxy', changes)], { units: { proxy: { restart: 'no' } } });
  world.advance(minute);
  world.forget();
  world.unit('proxy').program.starts = 'badly';
  world.unit('proxy').crash();
  return world;
}

const actedAt = (world: World): number[] =>
  world.turns().flatMap(({ nowMs, actions }) => actions.flatMap((one) => (one.type === 'unit.start' ? [nowMs] : [])));

t.test('S8: after the budget is spent it is exhausted, loudly, with one half-open retry per 5 minutes', async (t) => {
  const world = broken();
  world.advance(minute);
  t.equal(world.remedial().length, 3);
  t.equal(world.phase('proxy'), 'exhausted');
  t.match(world.told('action.deferred').at(-1), { reason: 'restart.budget-spent' });
  world.advance(3 * minute);
  t.equal(world.remedial().length, 3);
  world.advance(2 * minute);
  t.equal(world.remedial().length, 4);
  t.match(world.remedial().at(-1), { reason: 'restart.half-open' });
});

t.test('S8: it never gives up for ever, and recovers by itself when the cause is mended', async (t) => {
  const world = broken();
  world.advance(180 * minute);
  const attempts = world.remedial().length;
  t.ok(attempts >= 30 && attempts <= 50, `${attempts} attempts in three hours`);
  world.unit('proxy').program.starts = 'well';
  world.advance(7 * minute);
  t.equal(world.phase('proxy'), 'healthy');
  t.match(world.told('incident.closed'), [{ recovered: true }]);
});

t.test('S8: never more than the budget and one half-open retry per 5 minutes in any window', async (t) => {
  const world = broken();
  world.advance(120 * minute);
  const times = actedAt(world);
  for (const from of times) {
    const within = times.filter((at) => at >= from && at - from < 15 * minute).length;
    t.ok(within <= 6, `${within} actions in a quarter of an hour`);
  }
  for (const [index, at] of times.slice(3).entries())
    t.ok(at - (times[index + 2] ?? 0) >= 4 * minute, 'after the first three each is at least 4 minutes apart');
});

t.test('S8: each attempt waits longer than the one before, by the factor and within the jitter', async (t) => {
  const world = broken({ budget: { actions: 10, perMs: 900_000 } });
  world.advance(10 * minute);
  const times = actedAt(world);
  const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  for (const [index, waited] of waits.slice(0, 8).entries()) {
    const plain = Math.min(300_000, 1_000 * 2 ** index);
    t.ok(waited >= 0.8 * plain && waited <= 1.2 * plain + 100, `${Math.round(waited)} ms after attempt ${index + 1}`);
  }
});

t.test("S8: systemd's own restarts count against the budget", async (t) => {
  const world = createWorld([policy('kubelet')], { units: { kubelet: { restartMs: 100, startLimitBurst: 0 } } });
  world.advance(minute);
  for (let crash = 0; crash < 3; crash += 1) {
    world.unit('kubelet').crash();
    world.advance(10_000);
  }
  t.same(world.component('kubelet').restarts, { nodemend: 0, systemd: 3, other: 0 });
  world.unit('kubelet').freeze();
  world.advance(minute);
  t.same(world.remedial(), []);
  t.equal(world.phase('kubelet'), 'exhausted');
  world.advance(6 * minute);
  t.match(world.remedial(), [{ type: 'unit.kill', reason: 'restart.half-open' }]);
  t.equal(world.phase('kubelet'), 'healthy');
});

t.test('S8: those that systemd made while the agent was away count too', async (t) => {
  const world = createWorld([policy('kubelet')], { units: { kubelet: { restartMs: 100, startLimitBurst: 0 } } });
  world.advance(minute);
  world.killAgent();
  for (let crash = 0; crash < 3; crash += 1) {
    world.unit('kubelet').crash();
    world.advance(10_000);
  }
  world.startAgent();
  t.match(world.component('kubelet'), { restarts: { systemd: 3 }, spent: [{}, {}, {}] });
});

t.test('S8: when systemd gives up, the attempts are ours, and the failed state is reset for them', async (t) => {
  const world = createWorld([policy('docker')], { units: { docker: { restartMs: 100, startLimitBurst: 3 } } });
  world.advance(minute);
  world.forget();
  world.unit('docker').program.starts = 'badly';
  world.unit('docker').crash();
  world.advance(minute);
  t.match(world.unit('docker').get(), { activeState: 'failed' });
  t.match(world.component('docker'), { phase: 'exhausted', ending: { reason: 'unit.start-limit-hit' } });
  t.same(world.remedial(), []);
  world.unit('docker').program.starts = 'well';
  world.advance(6 * minute);
  t.match(world.remedial(), [{ type: 'unit.start', reason: 'restart.half-open', resetFailed: true }]);
  t.equal(world.phase('docker'), 'healthy');
});

t.test(
  'S8: while it is exhausted and systemd restarts it again and again, health has to last to be believed',
  async (t) => {
    const world = createWorld([policy('kubelet')], { units: { kubelet: { restartMs: 100, startLimitBurst: 0 } } });
    world.advance(minute);
    for (let crash = 0; crash < 4; crash += 1) {
      world.unit('kubelet').crash();
      world.advance(5_000);
    }
    t.equal(world.phase('kubelet'), 'exhausted');
    world.advance(20_000);
    t.equal(world.phase('kubelet'), 'exhausted');
    world.advance(10_000);
    t.equal(world.phase('kubelet'), 'healthy');
  },
);

t.test('S8: a half-open retry waits for the slot, not for another 5 minutes', async (t) => {
  const world = createWorld([policy('proxy'), policy('docker', { budget: { actions: 0, perMs: 900_000 } })]);
  world.advance(minute);
  world.forget();
  world.unit('proxy').program.startMs = 80_000;
  world.unit('docker').freeze();
  world.send({ type: 'restart.asked', component: 'proxy' });
  world.advance(70_000);
  t.match(world.told('action.deferred'), [{ component: 'docker', reason: 'restart.slot-busy' }]);
  world.advance(20_000);
  t.match(world.remedial(), [{ component: 'proxy' }, { component: 'docker', reason: 'restart.half-open' }]);
});

t.test('S8: a budget survives the death of the agent and the reboot of the node', async (t) => {
  const world = broken();
  world.advance(minute);
  t.equal(world.remedial().length, 3);
  for (const bootId of ['boot-one', 'boot-two']) {
    world.restartAgent(bootId);
    world.advance(minute);
    t.equal(world.component('proxy').spent.length, 3);
  }
  t.equal(world.remedial().length, 3);
});

t.test('S8: with its state lost or unwritable the agent allows itself one action per window', async (t) => {
  const lost = broken();
  lost.advance(minute);
  lost.forget();
  lost.killAgent();
  lost.unit('proxy').program.starts = 'well';
  lost.unit('proxy').start();
  lost.startAgent({ store: 'lost' });
  lost.unit('proxy').program.starts = 'badly';
  lost.unit('proxy').crash();
  lost.advance(3 * minute);
  t.equal(lost.remedial().length, 1);
  t.equal(lost.phase('proxy'), 'exhausted');

  const unwritable = createWorld([policy('proxy')], { units: { proxy: { restart: 'no' } } });
  unwritable.advance(minute);
  unwritable.send({ type: 'store.changed', health: 'unwritable', detail: 'no space' });
  unwritable.unit('proxy').program.starts = 'badly';
  unwritable.unit('proxy').crash();
  unwritable.advance(3 * minute);
  t.equal(unwritable.remedial().length, 1);
});

t.test('S8: what an operator asked for costs nothing', async (t) => {
  const world = createWorld([policy('proxy')]);
  world.advance(minute);
  for (let ask = 0; ask < 5; ask += 1) {
    world.send({ type: 'restart.asked', component: 'proxy' });
    world.advance(5_000);
  }
  t.equal(world.remedial().length, 5);
  t.same(world.component('proxy').spent, []);
});
