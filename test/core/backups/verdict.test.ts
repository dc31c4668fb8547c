import t from 'tap';
import type { FileFound } from '../../../src/core/backups/found.ts';
import {
  beganWallMs,
  command,
  createWorld,
  day,
  files,
  hour,
  location,
  minute,
  policy,
  run,
  schedule,
  underWay,
  velero,
  type World,
} from './world.ts';

const file = (atMs: number, bytes = 5_000, path = `/srv/dumps/${atMs / hour}.gz`): FileFound => ({
  path,
  bytes,
  wallMs: beganWallMs + atMs,
});

/** `newestWhole`: as the adapter picks it. */
const holds = (world: World, ...all: readonly FileFound[]): void => {
  const byAge = all.toSorted((a, b) => b.wallMs - a.wallMs);
  world.found = () => ({
    kind: 'files',
    newest: byAge[0] ?? null,
    newestWhole: byAge.find(({ bytes }) => bytes >= 1_000) ?? null,
  });
};

const verdictsOf = (world: World): string[] => world.told.map(({ to }) => to);

t.test('before anything was looked at nothing is concluded', async (t) => {
  const world = createWorld(policy(files));
  t.match(world.item(), { verdict: 'waiting', reason: 'freshness.waiting', detail: 'not looked at yet' });
  t.same(world.told, []);
  t.match(world.looks, [{ type: 'backups.look', check: 'db', target: files, timeoutMs: 30_000 }]);
});

t.test('files: the newest that is large enough counts, until it is too old', async (t) => {
  const world = createWorld(policy(files));
  holds(world, file(-30 * hour), file(-hour));
  world.for(6 * minute);
  t.match(world.item(), {
    verdict: 'fresh',
    detail: '/srv/dumps/-1.gz is 65 min old',
    goodWallMs: beganWallMs - hour,
    limitMs: 26 * hour,
    bytes: 5_000,
  });
  world.until(25 * hour - minute);
  t.equal(world.item().verdict, 'fresh');
  world.until(25 * hour + 5 * minute);
  t.match(world.item(), { verdict: 'stale', detail: '/srv/dumps/-1.gz is 26 h old, at most 26 h are allowed' });
  holds(world, file(25 * hour));
  world.for(5 * minute);
  t.same(verdictsOf(world), ['fresh', 'stale', 'fresh']);
  t.match(world.told[1], { check: 'db', item: '', from: 'fresh', reason: 'freshness.stale' });
});

t.test('files: none at all, and one that is too small', async (t) => {
  const world = createWorld(policy(files));
  holds(world);
  world.for(minute);
  t.match(world.item(), { verdict: 'missing', detail: 'no file matches /srv/dumps/*.gz', goodWallMs: null });
  holds(world, file(6 * minute, 3));
  world.until(12 * minute);
  t.equal(world.item().verdict, 'waiting', 'it may be growing');
  world.until(22 * minute);
  t.match(world.item(), { verdict: 'small', detail: '/srv/dumps/0.1.gz has 3 bytes, at least 1000 are expected' });
});

t.test(
  'files: a small one after a good one tells once it does not grow any more, long before the good one is old',
  async (t) => {
    const world = createWorld(policy(files));
    holds(world, file(-hour), file(0, 10));
    world.for(9 * minute);
    t.equal(world.item().verdict, 'fresh');
    world.for(7 * minute);
    t.match(world.item(), { verdict: 'small', goodWallMs: beganWallMs - hour });
  },
);

t.test(
  'files: what is dated in the future says nothing of age; a clock that is a little ahead does no harm',
  async (t) => {
    const world = createWorld(policy(files));
    holds(world, file(4 * minute));
    world.for(minute);
    t.equal(world.item().verdict, 'fresh');
    holds(world, file(100 * day, 5_000, '/srv/dumps/x.gz'));
    world.for(5 * minute);
    t.match(world.item(), { verdict: 'unknown', detail: '/srv/dumps/x.gz is dated 100 d in the future' });
  },
);

t.test('a command judges by itself', async (t) => {
  const world = createWorld(policy(command));
  world.found = () => ({ kind: 'command', ok: true, detail: 'borg: 3 h old' });
  world.for(minute);
  t.match(world.item(), { verdict: 'fresh', detail: 'borg: 3 h old', goodWallMs: beganWallMs, limitMs: null });
  world.found = () => ({ kind: 'command', ok: false, detail: 'borg: 40 h old' });
  world.for(5 * minute);
  t.match(world.item(), { verdict: 'failed', detail: 'borg: 40 h old', goodWallMs: beganWallMs });
});

t.test('what cannot be looked at keeps its verdict for half an hour, then nobody knows', async (t) => {
  const world = createWorld(policy(files));
  holds(world, file(0));
  world.for(minute);
  world.found = () => null;
  world.until(29 * minute);
  t.equal(world.item().verdict, 'fresh');
  world.until(36 * minute);
  t.match(world.item(), {
    verdict: 'unknown',
    reason: 'freshness.unknown',
    detail: 'no answer',
    goodWallMs: beganWallMs,
  });
  holds(world, file(0));
  world.for(6 * minute);
  t.same(verdictsOf(world), ['fresh', 'unknown', 'fresh']);
});

t.test('a rare look may fail thrice before nobody knows; what never could be looked at says why', async (t) => {
  const rare = createWorld(policy(command, { everyMs: 6 * hour }));
  rare.until(17 * hour);
  t.match(rare.item(), { verdict: 'waiting', detail: 'no answer' });
  rare.until(25 * hour);
  t.match(rare.item(), { verdict: 'unknown', detail: 'no answer' });
  t.same(verdictsOf(rare), ['unknown']);
});

const holdsVelero = (world: World, ...schedules: readonly ReturnType<typeof schedule>[]): void => {
  world.found = () => ({ kind: 'velero', schedules, locations: [] });
};

t.test('velero: fresh for one period and a half and as long as one takes, then stale', async (t) => {
  const world = createWorld(policy(velero));
  holdsVelero(world, schedule([run(-23 * hour, { tookMs: 2 * hour }), run(-47 * hour)]));
  world.for(minute);
  t.match(world.item('schedule/daily'), {
    verdict: 'fresh',
    detail: 'daily--23 is 21 h old',
    goodWallMs: beganWallMs - 21 * hour,
    limitMs: 38 * hour,
  });
  world.until(17 * hour - minute);
  t.equal(world.item('schedule/daily').verdict, 'fresh');
  world.until(17 * hour + 6 * minute);
  t.match(world.item('schedule/daily'), {
    verdict: 'stale',
    detail: 'the last completed is 38 h old, at most 38 h are allowed',
  });
  t.match(world.told, [
    { item: 'schedule/daily', to: 'fresh' },
    { item: 'schedule/daily', to: 'stale' },
  ]);
});

t.test('velero: what the last try came to, table by table', async (t) => {
  const good = run(-25 * hour);
  const at = -hour;
  const stages = [
    [schedule([run(at), good]), 'fresh', 'daily--1 is'],
    [schedule([run(at, { phase: 'Failed', detail: 'no bucket' }), good]), 'failed', 'daily--1 ended Failed: no bucket'],
    [schedule([run(at, { phase: 'FailedValidation' }), good]), 'failed', 'daily--1 ended FailedValidation'],
    [schedule([run(at, { phase: 'PartiallyFailed' }), good]), 'partial', 'daily--1 ended PartiallyFailed'],
    [schedule([run(at, { volumesLost: 2 }), good]), 'partial', 'daily--1 lacks 2 volume snapshots that were tried'],
    [schedule([underWay(at, '5'), good]), 'fresh', 'daily--25 is'],
    [schedule([underWay(at, '5'), run(at - hour, { phase: 'Failed' }), good]), 'failed', 'daily--2 ended Failed'],
    [schedule([run(at)], { paused: true }), 'fresh', 'daily--1 is'],
    [
      schedule([run(-40 * hour)], { paused: true }),
      'paused',
      'the last completed is 40 h old, at most 36 h are allowed; the Schedule is paused',
    ],
    [
      schedule([run(at, { phase: 'PartiallyFailed' }), run(-60 * hour)]),
      'stale',
      'the last completed is 60 h old, at most 36 h are allowed; daily--1 ended PartiallyFailed',
    ],
    [schedule([run(at)], { refusal: 'no such location' }), 'failed', 'Velero refuses the Schedule: no such location'],
    [schedule([], { createdWallMs: beganWallMs - hour }), 'waiting', 'none is due yet'],
    [schedule([]), 'stale', 'none was completed in 30 d, at most 36 h are allowed'],
    [schedule([run(at)], { cron: 'now and then' }), 'unknown', 'the schedule "now and then" is not understood'],
    [
      schedule([run(-25 * hour), good], { cron: '@every 12h' }),
      'stale',
      'the last completed is 25 h old, at most 18 h are allowed',
    ],
  ] as const;
  for (const [stage, verdict, detail] of stages) {
    const world = createWorld(policy(velero));
    holdsVelero(world, stage);
    world.for(1_000);
    const item = world.item('schedule/daily');
    t.equal(item.verdict, verdict, detail);
    t.ok(item.detail.startsWith(detail), item.detail);
  }
});

t.test('velero: a try that makes no step forward is stuck, sooner where one is known to be short', async (t) => {
  const world = createWorld(policy(velero));
  let items = 0;
  world.found = () => ({
    kind: 'velero',
    schedules: [schedule([underWay(0, `InProgress ${items}`), run(-23 * hour)])],
    locations: [],
  });
  for (; items < 20; items += 1) world.for(10 * minute);
  t.equal(world.item('schedule/daily').verdict, 'fresh', 'slow, and on its way');
  world.for(25 * minute);
  t.equal(world.item('schedule/daily').verdict, 'fresh');
  world.for(15 * minute);
  t.match(world.item('schedule/daily'), {
    verdict: 'stuck',
    detail: /^daily-0 is InProgress without a step for \d+ min$/,
  });
  items += 1;
  world.for(5 * minute);
  t.equal(world.item('schedule/daily').verdict, 'fresh');

  const long = createWorld(policy(velero));
  holdsVelero(long, schedule([underWay(0, 'InProgress 1'), run(-23 * hour, { tookMs: 90 * minute })]));
  long.until(2.9 * hour);
  t.equal(long.item('schedule/daily').verdict, 'fresh', 'one took an hour and a half');
  long.until(3.2 * hour);
  t.equal(long.item('schedule/daily').verdict, 'stuck');
});

t.test('velero: no Schedule at all is as bad as no backup', async (t) => {
  const world = createWorld(policy(velero));
  holdsVelero(world);
  world.for(minute);
  t.match(world.item(), { verdict: 'missing', detail: 'there is no Schedule in namespace velero' });
  holdsVelero(world, schedule([run(-hour)]));
  world.for(5 * minute);
  t.match(world.told.slice(1), [
    { item: 'schedule/daily', to: 'fresh' },
    { item: '', from: 'missing', to: 'gone' },
  ]);
});

t.test('velero: a storage location may be away for a quarter of an hour, and Velero has to look at it', async (t) => {
  const world = createWorld(policy(velero));
  let [available, looks] = [true, true];
  const looked = () => beganWallMs + (looks ? world.nowMs() : 0);
  world.found = () => ({
    kind: 'velero',
    schedules: [schedule([run(-hour)])],
    locations: [location({ available, detail: available ? '' : 'no such bucket', validatedWallMs: looked() })],
  });
  const verdict = () => world.item('location/default').verdict;
  world.for(minute);
  t.equal(verdict(), 'fresh');
  available = false;
  world.for(14 * minute);
  t.equal(verdict(), 'waiting');
  world.for(11 * minute);
  t.match(world.item('location/default'), {
    verdict: 'unavailable',
    detail: /^not available for \d+ min: no such bucket$/,
  });
  available = true;
  world.for(5 * minute);
  t.equal(verdict(), 'fresh');
  looks = false;
  world.for(6 * minute);
  t.match(world.item('location/default'), { verdict: 'unavailable', detail: /^Velero has not looked at it for/ });
});

t.test('velero: a location that is away is told where all else waits', async (t) => {
  const world = createWorld(policy(velero));
  world.found = () => ({
    kind: 'velero',
    schedules: [schedule([], { createdWallMs: beganWallMs })],
    locations: [location({ available: false, detail: 'no such bucket' })],
  });
  world.for(14 * minute);
  t.match([world.item('schedule/daily').verdict, world.item('location/default').verdict], ['waiting', 'waiting']);
  world.for(7 * minute);
  t.match([world.item('schedule/daily').verdict, world.item('location/default').verdict], ['waiting', 'unavailable']);
  t.same(Object.keys(world.state().byName['db']?.items ?? {}), ['schedule/daily', 'location/default']);
});

t.test('what was seen does not age between two looks: there may be a newer one by then', async (t) => {
  const world = createWorld(policy(files));
  holds(world, file(-26 * hour + 6 * minute));
  world.until(5.5 * minute);
  holds(world, file(5.4 * minute));
  world.until(12 * minute);
  t.match(world.item(), { verdict: 'fresh', goodWallMs: beganWallMs + 5.4 * minute });
  t.same(verdictsOf(world), ['fresh']);
});

t.test('velero: a location that Velero is told never to look at is not missed', async (t) => {
  const world = createWorld(policy(velero));
  const locations = [location({ validatedEveryMs: 0, validatedWallMs: beganWallMs - day })];
  world.found = () => ({ kind: 'velero', schedules: [schedule([run(-hour)])], locations });
  world.for(minute);
  t.equal(world.item('location/default').verdict, 'fresh');
});

t.test('velero: when the API is away all that was known is unknown, by its name', async (t) => {
  const world = createWorld(policy(velero));
  holdsVelero(world, schedule([run(-hour)]), schedule([run(-hour)], { name: 'weekly', cron: '@weekly' }));
  world.for(minute);
  world.found = () => null;
  world.for(40 * minute);
  for (const name of ['schedule/daily', 'schedule/weekly']) t.equal(world.item(name).verdict, 'unknown', name);
});
