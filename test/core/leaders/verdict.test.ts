import t from 'tap';
import { localTarget, stateOf } from '../../../src/core/leaders/instance.ts';
import { createWorld, HERE, keepRenewing, policy, record, type World } from './world.ts';

const OTHER = 'https://10.0.0.2:10259';
const both = policy({
  instances: [
    { url: HERE, local: true },
    { url: OTHER, local: false },
  ],
});

const verdictsOf = (world: World): string[] => world.told.map(({ to }) => to);

function stateHere(world: World): string {
  const leader = world.leader();
  const target = localTarget(leader);
  return target === null ? 'none' : stateOf(leader, target, world.nowMs());
}

t.test('a leader that renews is ok, from its first renewal that is seen', async (t) => {
  const world = createWorld();
  world.for(1_000);
  t.match(world.leader(), { verdict: 'unknown', detail: 'not seen to change yet' });
  keepRenewing(world);
  world.for(10_000);
  t.match(world.leader(), { verdict: 'ok', reason: 'leader.ok', detail: 'a_1' });
  t.equal(stateHere(world), 'leader');
  t.same(verdictsOf(world), ['ok']);
});

t.test('a frozen leader that says it is well is wedged within the lease and 5 s, whenever it froze', async (t) => {
  for (let offsetMs = 0; offsetMs < 4_000; offsetMs += 100) {
    const world = createWorld();
    world.delayMs = () => 300;
    const renewing = keepRenewing(world);
    world.for(20_000 + offsetMs);
    renewing.end();
    world.renew();
    const frozenAtMs = world.nowMs();
    world.for(60_000);
    const [, wedged] = world.told;
    t.equal(wedged?.to, 'wedged');
    const afterMs = (wedged?.atMs ?? 0) - frozenAtMs;
    t.ok(afterMs > 15_000 && afterMs <= 20_000, `${afterMs} ms after the last renewal`);
  }
});

t.test('one that was frozen before anybody looked is wedged too', async (t) => {
  const world = createWorld();
  world.for(60_000);
  t.same(verdictsOf(world), ['wedged']);
  t.ok((world.told[0]?.atMs ?? 0) <= 20_000);
});

t.test('a wedge ends when another one takes over, and when it renews again', async (t) => {
  const world = createWorld();
  keepRenewing(world).end();
  world.for(30_000);
  t.equal(world.leader().verdict, 'wedged');
  world.renew('b_1');
  world.instances[HERE] = { health: 'healthy', leads: false };
  keepRenewing(world);
  world.for(10_000);
  t.equal(world.leader().verdict, 'ok');
  t.equal(stateHere(world), 'standby');
});

t.test('a leader elsewhere that falls silent is no wedge; none leads once a take-over should be done', async (t) => {
  const world = createWorld();
  world.record = record('b_1');
  world.instances[HERE] = { health: 'healthy', leads: false };
  const renewing = keepRenewing(world);
  world.for(10_000);
  renewing.end();
  const fromMs = world.nowMs();
  world.for(60_000);
  t.same(verdictsOf(world), ['ok', 'none']);
  const afterMs = (world.told[1]?.atMs ?? 0) - fromMs;
  t.ok(afterMs > 22_000 && afterMs < 30_000, `${afterMs} ms after it fell silent`);
  t.equal(stateHere(world), 'standby');
});

t.test('a leader here that is down is no wedge', async (t) => {
  const world = createWorld();
  const renewing = keepRenewing(world);
  world.for(10_000);
  renewing.end();
  world.instances[HERE] = { health: 'unhealthy', leads: null };
  world.for(60_000);
  t.same(verdictsOf(world), ['ok', 'none']);
  t.equal(stateHere(world), 'down');
});

t.test('a Lease that is free or missing for ten seconds has no leader; a hand-over is none of that', async (t) => {
  for (const free of [record(''), null]) {
    const world = createWorld();
    keepRenewing(world).end();
    world.for(5_000);
    world.record = free;
    world.for(9_000);
    t.notOk(verdictsOf(world).includes('none'), 'not yet');
    world.for(6_000);
    t.equal(world.leader().verdict, 'none');
    world.renew('b_2');
    keepRenewing(world);
    world.for(5_000);
    t.equal(world.leader().verdict, 'ok');
  }
});

t.test('the one here says it leads and the Lease names another: split, once it lasts', async (t) => {
  const world = createWorld();
  keepRenewing(world);
  world.for(10_000);
  world.renew('b_1');
  world.for(8_000);
  t.equal(world.leader().verdict, 'ok', 'while leadership passes two may seem to lead');
  world.for(12_000);
  t.match(world.leader(), { verdict: 'split', detail: 'the Lease names b_1' });
  world.instances[HERE] = { health: 'healthy', leads: false };
  world.for(6_000);
  t.equal(world.leader().verdict, 'ok');
});

t.test('two instances that both say that they lead are split', async (t) => {
  const world = createWorld(both);
  world.instances[OTHER] = { health: 'healthy', leads: true };
  keepRenewing(world);
  world.for(30_000);
  t.same(verdictsOf(world), ['ok', 'split']);
});

t.test('nobody ready to take over, where others are looked at', async (t) => {
  const world = createWorld(both);
  world.instances[OTHER] = { health: 'healthy', leads: false };
  keepRenewing(world);
  world.for(120_000);
  t.same(verdictsOf(world), ['ok']);
  world.instances[OTHER] = { health: 'unhealthy', leads: null };
  world.for(50_000);
  t.equal(world.leader().verdict, 'ok', 'an instance that restarts is back sooner');
  world.for(60_000);
  t.equal(world.leader().verdict, 'no-standby');
  world.instances[OTHER] = { health: 'healthy', leads: false };
  world.for(6_000);
  t.equal(world.leader().verdict, 'ok');
  world.instances[OTHER] = { health: 'unknown', leads: null };
  world.for(300_000);
  t.equal(world.leader().verdict, 'ok', 'one that cannot be looked at may well be ready (S4)');
});

t.test('three changes of leader in ten minutes are flapping, and are forgotten after ten', async (t) => {
  const world = createWorld();
  keepRenewing(world);
  world.instances[HERE] = { health: 'healthy', leads: null };
  world.for(10_000);
  for (const holder of ['b_1', 'a_2', 'b_2']) {
    world.renew(holder);
    world.for(60_000);
  }
  t.match(world.leader(), { verdict: 'flapping', detail: '3 changes of leader in 10 minutes' });
  world.for(600_000);
  t.equal(world.leader().verdict, 'ok');
});

t.test('where the API does not answer nothing is concluded (S4)', async (t) => {
  const world = createWorld();
  keepRenewing(world);
  world.for(10_000);
  world.api = false;
  world.for(10_000);
  t.equal(world.leader().verdict, 'ok', 'for as long as the lease it stays as it was');
  world.for(600_000);
  t.same(verdictsOf(world), ['ok', 'unknown']);
  t.equal(world.leader().detail, 'the Lease cannot be read');
  world.api = true;
  world.for(5_000);
  t.equal(world.leader().verdict, 'ok');
});

t.test('a Lease that is shorter than the time between two looks is not lost sight of between them', async (t) => {
  const world = createWorld();
  world.record = { ...record('a_1'), durationMs: 1_000 };
  const renewing = keepRenewing(world, () => {
    if (world.record !== null) world.record = { ...world.record, durationMs: 1_000 };
    return 500;
  });
  world.for(60_000);
  t.same(verdictsOf(world), ['ok']);
  renewing.end();
  world.for(10_000);
  t.equal(world.leader().verdict, 'wedged');
});

t.test('after a gap in time nothing is concluded from before (S13)', async (t) => {
  const world = createWorld();
  const renewing = keepRenewing(world);
  world.for(10_000);
  renewing.end();
  world.for(3_000);
  // The whole machine stands still, the leader too: the first look finds the Lease as it was before.
  world.sleep(120_000);
  world.for(1_000);
  keepRenewing(world);
  world.for(10_000);
  t.same(verdictsOf(world), ['ok', 'unknown', 'ok']);
});

t.test('without leave to read its metric the Lease says whether the one here leads', async (t) => {
  const world = createWorld();
  world.instances[HERE] = { health: 'healthy', leads: null };
  keepRenewing(world);
  world.for(10_000);
  t.equal(stateHere(world), 'leader');
  world.renew('ab_1');
  world.for(10_000);
  t.equal(stateHere(world), 'standby', 'a host whose name only begins alike is another');
});

t.test('a look that does not come back is asked for again', async (t) => {
  const world = createWorld();
  keepRenewing(world);
  world.for(10_000);
  world.delayMs = () => Number.POSITIVE_INFINITY;
  world.for(3_000);
  const before = world.looks.length;
  world.delayMs = () => 20;
  world.for(30_000);
  t.ok(world.looks.length > before + 10);
  t.equal(world.leader().verdict, 'ok');
});

t.test('a policy that is loaded again as it is goes on, a changed one begins anew', async (t) => {
  const world = createWorld();
  keepRenewing(world);
  world.for(10_000);
  world.load([policy()]);
  t.equal(world.leader().verdict, 'ok');
  world.load([policy({ everyMs: 3_000 })]);
  t.equal(world.leader().verdict, 'unknown');
  world.load([]);
  t.throws(() => world.leader());
  world.for(60_000);
});
