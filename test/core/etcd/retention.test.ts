import fc from 'fast-check';
import t from 'tap';
import type { BackupRecord, Verification } from '../../../src/core/etcd/backup.ts';
import { isGood, newestGood } from '../../../src/core/etcd/backup.ts';
import { expendable } from '../../../src/core/etcd/retention.ts';

const keep = { hourly: 24, daily: 7, weekly: 4 };
const hour = 3_600_000;
const startMs = Date.parse('2026-11-02T00:17:00Z');
const proven: Verification = { wallMs: startMs, ok: true, reason: 'backup.proven', detail: '' };
const unproven: Verification = { ...proven, ok: false, reason: 'backup.unproven' };

const taken = (atHour: number, verified: Verification | null = null): BackupRecord => ({
  version: 1,
  file: `etcd-${atHour}.db`,
  takenWallMs: startMs + atHour * hour,
  clusterId: '1',
  memberId: '1',
  etcdVersion: '3.5.16',
  bytes: 1,
  sha256: '',
  revision: 1,
  toRevision: 1,
  keys: 1,
  canary: null,
  verified,
});

const hourly = (hours: number): BackupRecord[] => Array.from({ length: hours }, (_, index) => taken(index));
const kept = (records: readonly BackupRecord[], policy = keep): string[] => {
  const going = new Set(expendable(records, policy));
  return records.filter((record) => !going.has(record)).map(({ file }) => file);
};

t.test('a month of hourly snapshots leaves 24 hours, 7 days and 4 weeks', async (t) => {
  const left = kept(hourly(30 * 24));
  const day = (of: number) => `etcd-${of * 24 + 23}.db`;
  t.same(left.slice(-24)[0], 'etcd-696.db');
  t.same(
    left.slice(0, -24),
    [day(13), day(20), day(23), day(24), day(25), day(26), day(27), day(28)],
    'Sundays and days before',
  );
  t.equal(left.length, 32);
});

t.test('few snapshots all stay, however old they are', async (t) => {
  t.same(kept([taken(0), taken(500), taken(9_000)]), ['etcd-0.db', 'etcd-500.db', 'etcd-9000.db']);
});

t.test('a bad one never takes the place of a good one', async (t) => {
  const none = { hourly: 1, daily: 0, weekly: 0 };
  t.same(kept([taken(1), taken(2, unproven), taken(3, unproven)], none), ['etcd-1.db', 'etcd-2.db', 'etcd-3.db']);
  t.same(kept([taken(1), ...[2, 3, 4].map((at) => taken(at, unproven))], none), [
    'etcd-1.db',
    'etcd-3.db',
    'etcd-4.db',
  ]);
});

t.test('the newest proven one stays although newer ones are there', async (t) => {
  t.same(kept([taken(1, proven), taken(2), taken(3)], { hourly: 1, daily: 0, weekly: 0 }), ['etcd-1.db', 'etcd-3.db']);
  t.same(kept([taken(1), taken(2)], { hourly: 0, daily: 0, weekly: 0 }), ['etcd-2.db'], 'whatever the numbers are');
});

t.test('whatever came and went, a good one is never let go for want of a newer good one', async () => {
  const record = fc
    .tuple(fc.integer({ min: 0, max: 2_000 }), fc.constantFrom(null, proven, unproven))
    .map(([at, verified]) => taken(at, verified));
  const sizes = fc.integer({ min: 0, max: 30 });
  fc.assert(
    fc.property(
      fc.array(record, { maxLength: 60 }),
      fc.record({ hourly: sizes, daily: sizes, weekly: sizes }),
      (records, policy) => {
        const going = expendable(records, policy);
        const left = records.filter((one) => !going.includes(one));
        const [newest] = newestGood(records);
        if (newest !== undefined && !left.includes(newest)) return false;
        // Of what goes, another good one of the same or a later hour stays.
        return going
          .filter(isGood)
          .every((gone) => left.some((one) => isGood(one) && one.takenWallMs >= gone.takenWallMs));
      },
    ),
  );
});
