import t from 'tap';
import { createWorld, policy, silent, type World } from './world.ts';

/** Presses with all its might: deadlines are at their cap. */
function pressedWorld(): World {
  const world = createWorld([policy('containerd')]);
  world.host({ pressure: 1 });
  world.advance(60_000);
  world.forget();
  return world;
}

function msUntilAction(world: World): number {
  const sinceMs = world.nowMs();
  while (world.remedial().length === 0 && world.nowMs() - sinceMs < 300_000) world.advance(100);
  return world.nowMs() - sinceMs;
}

t.test('under full pressure a stopped process is killed and started in time, whenever it was stopped', async (t) => {
  for (const offsetMs of [0, 1_000, 2_000, 3_000, 4_000, 5_000]) {
    const world = pressedWorld();
    world.advance(offsetMs);
    world.answer('containerd/vote', silent);
    world.answer('containerd/witness', { verdict: 'unhealthy', reason: 'probe.stopped' });
    const tookMs = msUntilAction(world);
    t.ok(tookMs <= 40_000, `${tookMs} ms, which leaves 5 s of 45 s for evidence and the start`);
    t.match(world.remedial(), [{ type: 'unit.kill', reason: 'restart.hung' }]);
  }
});

t.test('nor does pressure explain that the socket is gone', async (t) => {
  const world = pressedWorld();
  world.answer('containerd/vote', { verdict: 'unhealthy', reason: 'probe.no-socket' });
  world.answer('containerd/witness', { verdict: 'unhealthy', reason: 'probe.no-socket' });
  const tookMs = msUntilAction(world);
  t.ok(tookMs <= 25_000, `${tookMs} ms`);
  t.match(world.remedial(), [{ type: 'unit.restart', reason: 'restart.unhealthy' }]);
});

for (const reason of ['probe.timeout', 'probe.blocked'] as const) {
  t.test(
    `a process that may only be slow is given the wider deadlines, with a witness that says ${reason}`,
    async (t) => {
      const world = pressedWorld();
      world.answer('containerd/vote', silent);
      world.answer('containerd/witness', { verdict: 'unhealthy', reason });
      world.advance(55_000);
      t.same(world.remedial(), []);
      t.ok(msUntilAction(world) < 120_000, 'it is found in the end');
    },
  );
}
