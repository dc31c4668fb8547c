import t from 'tap';
import { createWorld, good, policy, refused, sick, silent, type World } from './world.ts';

function settled(changes: Parameters<typeof policy>[1] = {}): World {
  const world = createWorld([policy('containerd', changes)]);
  world.advance(60_000);
  world.forget();
  return world;
}

const vote = policy('any').probes['vote'];
const votesAlone = { probes: vote === undefined ? {} : { vote } };

function msUntilActed(world: World, mostMs: number): number | null {
  const sinceMs = world.nowMs();
  while (world.remedial().length === 0 && world.nowMs() - sinceMs < mostMs) world.advance(100);
  return world.remedial().length === 0 ? null : world.nowMs() - sinceMs;
}

t.test('S5: a frozen unit is killed and back within 45 s', async (t) => {
  for (const offsetMs of [0, 1_000, 2_000, 3_000, 4_000]) {
    const world = settled();
    world.advance(offsetMs);
    world.unit('containerd').freeze();
    const sinceMs = world.nowMs();
    msUntilActed(world, 60_000);
    t.match(world.remedial(), [{ type: 'unit.kill', reason: 'restart.hung' }]);
    while (world.phase('containerd') !== 'healthy' && world.nowMs() - sinceMs < 60_000) world.advance(100);
    t.ok(world.nowMs() - sinceMs <= 45_000, `${world.nowMs() - sinceMs} ms`);
  }
});

t.test('S5: one that answers badly is restarted, for it may still obey', async (t) => {
  const world = settled();
  for (const probe of ['vote', 'witness']) world.answer(`containerd/${probe}`, sick);
  msUntilActed(world, 60_000);
  t.match(world.remedial(), [{ type: 'unit.restart', reason: 'restart.unhealthy' }]);
});

t.test('S5: two bad looks of five are not enough, three are', async (t) => {
  const world = settled(votesAlone);
  world.answer('containerd/vote', [sick, sick, good, good, good]);
  world.advance(600_000);
  t.same(world.remedial(), []);
  world.answer('containerd/vote', [sick, sick, sick, good, good]);
  t.not(msUntilActed(world, 60_000), null);
});

t.test('S5: bad looks in quick succession still take the minimum time', async (t) => {
  const quick = { target: { kind: 'unit' }, role: 'vote', everyMs: 200, timeoutMs: 100 } as const;
  const world = settled({ probes: { vote: quick } });
  world.answer('containerd/vote', refused);
  const tookMs = msUntilActed(world, 60_000);
  t.ok(tookMs !== null && tookMs >= 15_000 && tookMs <= 17_000, `${tookMs} ms`);
});

t.test('S5: the time counts from the first bad look, however long ago it left the window', async (t) => {
  const world = settled({ ...votesAlone, hang: { failures: 3, of: 3, forMs: 60_000 } });
  world.answer('containerd/vote', sick);
  const tookMs = msUntilActed(world, 120_000);
  t.ok(tookMs !== null && tookMs >= 60_000 && tookMs <= 71_000, `${tookMs} ms`);
});

t.test('S5: without the agreement of its witness a hang is only suspected', async (t) => {
  const world = settled();
  world.answer('containerd/vote', silent);
  world.advance(600_000);
  t.same(world.remedial(), []);
  t.equal(world.phase('containerd'), 'suspect');
  world.answer('containerd/witness', silent);
  t.not(msUntilActed(world, 30_000), null);
});

t.test('S5: what the witness saw in an earlier trouble is no agreement in this one', async (t) => {
  const world = settled();
  world.answer('containerd/witness', sick);
  world.answer('containerd/vote', sick);
  world.advance(8_000);
  world.answer('containerd/vote', null);
  world.advance(30_000);
  t.match(world.component('containerd').probes['witness']?.window, [{ verdict: 'unhealthy' }]);
  world.answer('containerd/witness', { ...silent, tookMs: 600_000 });
  world.answer('containerd/vote', sick);
  world.advance(120_000);
  t.same(world.remedial(), []);
});

t.test('S5: a witness is asked only while there is something to witness', async (t) => {
  const world = settled();
  const looks = () =>
    world
      .turns()
      .flatMap(({ actions }) => actions)
      .filter((one) => one.type === 'probe.look' && one.probe === 'witness');
  t.same(looks(), []);
  world.answer('containerd/vote', silent);
  world.advance(10_000);
  t.ok(looks().length > 0);
});

t.test('S5: what is only reported never counts', async (t) => {
  const report = { target: { kind: 'unit' }, role: 'report', everyMs: 5_000, timeoutMs: 3_000 } as const;
  const world = settled({ probes: { ...votesAlone.probes, report } });
  world.answer('containerd/report', silent);
  world.advance(600_000);
  t.same(world.remedial(), []);
  t.equal(world.phase('containerd'), 'healthy');
});

t.test('S5: a crash needs no vote', async (t) => {
  const world = settled();
  world.unit('containerd').crash();
  world.advance(10);
  t.equal(world.remedial().length, 1);
});

t.test("S5: where the unit has a watchdog of systemd's, that goes first", async (t) => {
  const world = createWorld([policy('containerd')], { units: { containerd: { watchdogMs: 30_000 } } });
  world.advance(60_000);
  world.unit('containerd').freeze();
  const tookMs = msUntilActed(world, 120_000);
  t.ok(tookMs !== null && tookMs >= 60_000, `${tookMs} ms, twice the watchdog's`);
});

t.test(
  'what was seen of a unit that was frozen when the bus was lost is no evidence when it is seen again',
  async (t) => {
    const world = createWorld([policy('containerd')]);
    world.advance(60_000);
    world.unit('containerd').set({ freezerState: 'frozen' });
    world.answer('containerd/vote', { verdict: 'unhealthy', reason: 'probe.refused' });
    world.answer('containerd/witness', { verdict: 'unhealthy', reason: 'probe.refused' });
    world.advance(60_000);
    world.loseBus();
    world.advance(14_000);
    world.unit('containerd').set({ freezerState: 'running' });
    world.findBus();
    world.advance(13_000);
    t.same(world.remedial(), []);
    world.advance(10_000);
    t.match(world.remedial(), [{ component: 'containerd' }]);
  },
);
