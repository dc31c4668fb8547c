import t from 'tap';
import { type BackupChecks, noBackupChecks } from '../../../src/core/backups/state.ts';
import {
  beganWallMs,
  command,
  createWorld,
  files,
  hour,
  location,
  minute,
  policy,
  run,
  schedule,
  velero,
} from './world.ts';

t.test('each check is looked at in its time, one look at once', async (t) => {
  const world = createWorld(policy(command));
  world.found = () => ({ kind: 'command', ok: true, detail: '' });
  world.until(hour + 1_000);
  t.ok(world.looks.length === 13 || world.looks.length === 12, `${world.looks.length} looks in an hour`);
});

t.test('a look that never answers is asked for again after its deadline', async (t) => {
  const world = createWorld(policy(command));
  world.restart([policy(command)], noBackupChecks);
  world.looks.length = 0;
  const lost: BackupChecks = world.state();
  t.equal(lost.byName['db']?.look.lookingSinceMs, 0);
  t.equal(lost.wakeAtMs, 35_000);
});

t.test('an answer to a question of an earlier configuration is not taken', async (t) => {
  const world = createWorld(policy(files));
  world.for(minute);
  world.step({ type: 'backups.loaded', policies: [policy(files, { timeoutMs: 10_000 })] });
  const found = { kind: 'files', newest: null, newestWhole: null } as const;
  const seen = { known: true, found, wallMs: beganWallMs, startedAtMs: 10_000 } as const;
  world.step({ type: 'backups.observed', check: 'db', seen });
  t.equal(world.item().verdict, 'waiting');
  world.step({ type: 'backups.observed', check: 'db', seen: { ...seen, startedAtMs: minute } });
  t.equal(world.item().verdict, 'missing');
  world.step({ type: 'backups.observed', check: 'no-such', seen });
});

t.test('a check that leaves the configuration ends what was the matter with it, and says nothing else', async (t) => {
  const world = createWorld(policy(command));
  world.found = () => ({ kind: 'command', ok: false, detail: 'no' });
  world.for(minute);
  world.step({ type: 'backups.loaded', policies: [] });
  t.match(world.told, [
    { to: 'failed', reason: 'freshness.failed' },
    { from: 'failed', to: 'gone', reason: 'freshness.gone' },
  ]);
  t.same(world.state(), { byName: {}, wakeAtMs: null });
});

t.test('an agent that starts anew goes on with what was the matter, and tells nothing twice', async (t) => {
  const world = createWorld(policy(velero));
  const failed = schedule([run(-hour, { phase: 'Failed' }), run(-25 * hour)]);
  const weekly = schedule([], { name: 'weekly' });
  world.found = () => ({ kind: 'velero', schedules: [failed, weekly], locations: [] });
  world.for(minute);
  t.equal(world.told.length, 2);
  world.found = () => ({ kind: 'velero', schedules: [failed], locations: [] });
  world.restart([policy(velero)]);
  t.match(world.item('schedule/daily'), { verdict: 'failed', sinceMs: 50 });
  world.for(minute);
  t.match(world.told.slice(2), [{ item: 'schedule/weekly', from: 'stale', to: 'gone' }]);
  world.restart([]);
  t.match(world.told.slice(3), [{ item: 'schedule/daily', from: 'failed', to: 'gone' }]);
});

t.test('after a boot the clock counts anew', async (t) => {
  const world = createWorld(policy(command));
  world.found = () => ({ kind: 'command', ok: false, detail: 'no' });
  world.for(minute);
  const items = world.state().byName['db']?.items ?? {};
  const [item] = Object.values(items);
  if (item === undefined) throw new Error('there is an item');
  const later = { ...item, sinceMs: 10 * hour, standstill: { what: 'x', sinceMs: 10 * hour } };
  const kept = {
    byName: { db: { ...world.state().byName['db'], items: { '': later } } },
    wakeAtMs: null,
  } as BackupChecks;
  world.restart([policy(command)], kept);
  t.match(world.item(), { verdict: 'failed', sinceMs: world.nowMs(), standstill: { sinceMs: world.nowMs() } });
});

t.test(
  'S13 what nobody watched does not count: a location that was away before and after a gap begins anew',
  async (t) => {
    const world = createWorld(policy(velero));
    world.found = () => ({
      kind: 'velero',
      schedules: [schedule([run(-hour)])],
      locations: [location({ available: false, validatedWallMs: beganWallMs + world.nowMs() })],
    });
    world.for(10 * minute);
    world.sleep(hour);
    world.for(10 * minute);
    t.equal(world.item('location/default').verdict, 'waiting');
    world.for(11 * minute);
    t.equal(world.item('location/default').verdict, 'unavailable');
  },
);
