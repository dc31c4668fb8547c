import t from 'tap';
import { createWorld, policy, silent, type World } from './world.ts';

function under(host: Parameters<World['host']>[0]): World {
  const world = createWorld([policy('containerd')]);
  world.host(host);
  world.advance(60_000);
  world.forget();
  return world;
}

function msUntilActed(world: World): number {
  const sinceMs = world.nowMs();
  while (world.remedial().length === 0 && world.nowMs() - sinceMs < 600_000) world.advance(100);
  return world.nowMs() - sinceMs;
}

const timeouts = (world: World): number[] =>
  world.turns().flatMap(({ actions }) => actions.flatMap((one) => (one.type === 'probe.look' ? [one.timeoutMs] : [])));

const cases = [
  { what: 'at rest', host: {}, timeoutMs: 3_000, leastMs: 15_000, mostMs: 40_000 },
  {
    what: 'below a tenth of stalled time',
    host: { pressure: 0.09 },
    timeoutMs: 3_000,
    leastMs: 15_000,
    mostMs: 40_000,
  },
  { what: 'with half of the time stalled', host: { pressure: 0.5 }, timeoutMs: 7_500, leastMs: 37_500, mostMs: 75_000 },
  { what: 'under full pressure', host: { pressure: 1 }, timeoutMs: 12_000, leastMs: 60_000, mostMs: 120_000 },
  {
    what: 'with an own lag of half a second',
    host: { loopLagMs: 500 },
    timeoutMs: 7_500,
    leastMs: 37_500,
    mostMs: 75_000,
  },
  {
    what: 'with an own lag beyond measure',
    host: { loopLagMs: 9_000 },
    timeoutMs: 12_000,
    leastMs: 60_000,
    mostMs: 120_000,
  },
] as const;

for (const { what, host, timeoutMs, leastMs, mostMs } of cases) {
  t.test(`S6: ${what} a look has ${timeoutMs} ms and a hang takes ${leastMs} ms at least`, async (t) => {
    const world = under(host);
    t.equal(timeouts(world).at(-1), timeoutMs);
    world.unit('containerd').freeze();
    const tookMs = msUntilActed(world);
    t.ok(tookMs >= leastMs && tookMs <= mostMs, `${tookMs} ms`);
  });
}

t.test('S6: a runtime that answers within the wider deadline is left alone', async (t) => {
  const world = under({ pressure: 1 });
  const slow = { verdict: 'healthy', reason: 'probe.ok', tookMs: 11_000 } as const;
  world.answer('containerd/vote', slow);
  world.advance(180_000);
  t.same(world.remedial(), []);
  t.equal(world.phase('containerd'), 'healthy');
});

t.test('S6: a start and its verification get more time too', async (t) => {
  const world = under({ pressure: 1 });
  for (const probe of ['vote', 'witness']) world.answer(`containerd/${probe}`, { ...silent, tookMs: 1_000 });
  msUntilActed(world);
  world.advance(90_000);
  t.equal(world.remedial().length, 1, 'four times 30 s of grace');
  t.same(world.told('action.ended'), []);
  world.answer('containerd/vote', null);
  world.advance(20_000);
  t.match(world.told('action.ended'), [{ ok: true }]);
});

t.test('S6: so does a command that is to mend it', async (t) => {
  const mend = { remedy: 'exec', argv: ['/usr/bin/mend'], timeoutMs: 5_000 } as const;
  const world = createWorld([policy('containerd', { ladder: [mend] })]);
  world.host({ pressure: 1 });
  world.advance(60_000);
  for (const probe of ['vote', 'witness']) world.answer(`containerd/${probe}`, { ...silent, tookMs: 1_000 });
  msUntilActed(world);
  world.advance(110_000);
  t.same(world.told('action.ended'), []);
  world.advance(20_000);
  t.match(world.told('action.ended'), [{ ok: false, reason: 'restart.not-verified' }]);
});

t.test('S6: a sample that is older than half a minute widens nothing', async (t) => {
  const world = under({ pressure: 1 });
  const { state } = world;
  const { sample } = state().node;
  t.match(sample, { pressure: 1 });
  world.send({ type: 'host.sampled', sample: { pressure: 0, loopLagMs: 0, packageManager: null, suspendedMs: 0 } });
  world.host({ pressure: 0 });
  world.advance(10_000);
  t.equal(timeouts(world).at(-1), 3_000);
});

t.test('S6: pressure that begins and ends is told once each', async (t) => {
  const world = under({});
  world.host({ pressure: 0.4 });
  world.advance(20_000);
  world.host({ pressure: 0 });
  world.advance(20_000);
  t.match(world.told('node.changed'), [
    { reason: 'node.pressure', detail: '0.40' },
    { reason: 'node.pressure', detail: '0.00' },
  ]);
});
