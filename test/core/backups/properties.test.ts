/** Whatever comes from an API is judged, by some verdict and with figures that are figures. */
import fc from 'fast-check';
import t from 'tap';
import { parseLocation, parseRun, parseSchedule } from '../../../src/adapters/backups/velero.ts';
import { longestPeriodMs } from '../../../src/core/backups/period.ts';
import { reasons } from '../../../src/core/reason.ts';
import { createWorld, minute, policy, velero } from './world.ts';

const time = fc.constantFrom(
  '2026-12-01T01:00:00Z',
  '2026-11-01T01:00:00Z',
  '2027-01-01T00:00:00Z',
  'yesterday',
  '',
  null,
  7,
);
const phase = fc.constantFrom(
  'New',
  'InProgress',
  'Completed',
  'PartiallyFailed',
  'Failed',
  'Available',
  'Odd',
  '',
  7,
  null,
);
const count = fc.oneof(fc.integer(), fc.constantFrom('7', null, Number.MAX_SAFE_INTEGER));
const status = fc.record(
  {
    phase,
    startTimestamp: time,
    completionTimestamp: time,
    lastValidationTime: time,
    progress: fc.oneof(fc.record({ itemsBackedUp: count }), fc.constantFrom(null, 7)),
    volumeSnapshotsAttempted: count,
    volumeSnapshotsCompleted: count,
    validationErrors: fc.oneof(fc.array(fc.anything(), { maxLength: 2 }), fc.constant('x')),
    message: fc.string(),
  },
  { requiredKeys: [] },
);
const metadata = fc.record(
  {
    name: fc.oneof(fc.constantFrom('daily', '__proto__', 'constructor', ''), fc.string()),
    creationTimestamp: time,
    labels: fc.oneof(fc.constant({ 'velero.io/schedule-name': 'daily' }), fc.constantFrom(null, 7)),
  },
  { requiredKeys: [] },
);
const cron = fc.oneof(fc.constantFrom('0 1 * * *', '@every 1h', '@daily', ''), fc.string());
const spec = fc.record(
  {
    schedule: cron,
    paused: fc.constantFrom(true, false, 'yes'),
    validationFrequency: fc.constantFrom('1m', '0s', 'x', 7),
  },
  { requiredKeys: [] },
);
const odd = fc.constantFrom(null, 7, 'x');
const object = fc.record(
  { metadata: fc.oneof(metadata, odd), spec: fc.oneof(spec, odd), status: fc.oneof(status, odd) },
  { requiredKeys: [] },
);

t.test('no schedule has a period that is no figure', async () => {
  const part = fc.stringMatching(/^[*?0-9,/a-z-]{1,6}$/);
  const fields = fc.array(part, { minLength: 4, maxLength: 6 }).map((parts) => parts.join(' '));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fields), (text) => {
      const period = longestPeriodMs(text);
      return period === null || (Number.isFinite(period) && period >= 0);
    }),
  );
});

t.test('whatever objects come, there is a verdict', async (t) => {
  const objects = fc.array(object, { maxLength: 4 });
  fc.assert(
    fc.property(objects, objects, objects, (backups, schedules, locations) => {
      const runs = backups.map(parseRun).filter((run) => run !== null);
      const found = {
        kind: 'velero',
        schedules: schedules.map((schedule) => parseSchedule(schedule, runs)),
        locations: locations.map(parseLocation),
      } as const;
      const world = createWorld(policy(velero));
      world.found = () => found;
      world.for(30 * minute);
      for (const item of Object.values(world.state().byName['db']?.items ?? {})) {
        if (!Object.hasOwn(reasons, item.reason)) return false;
        const figures = [item.goodWallMs, item.limitMs, item.sinceMs].filter((figure) => figure !== null);
        if (!figures.every(Number.isFinite) || /NaN|Infinity/.test(item.detail.replace(/".*"/, ''))) return false;
      }
      return Object.keys(world.state().byName['db']?.items ?? {}).length > 0;
    }),
  );
  t.pass();
});
