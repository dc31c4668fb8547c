import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { stringify } from 'yaml';
import { createBackups } from '../../../src/adapters/backups/backups.ts';
import { keepRuns, parseLocation, parseRun, parseSchedule, type Run } from '../../../src/adapters/backups/velero.ts';
import type { BackupTarget } from '../../../src/core/backups/policy.ts';
import { openStandIn } from '../kubernetes/stand-in.ts';
import { makeFolder, plentyMs } from '../probe/stage.ts';

const at = (time: string): number => Date.parse(`2026-12-01T${time}Z`);

const backup = (name: string, status: object, changes: object = {}) => ({
  metadata: {
    name,
    namespace: 'velero',
    creationTimestamp: '2026-12-01T00:59:58Z',
    labels: { 'velero.io/schedule-name': 'daily', 'velero.io/storage-location': 'default' },
  },
  spec: { storageLocation: 'default', ttl: '720h0m0s' },
  status,
  ...changes,
});

const completed = {
  phase: 'Completed',
  startTimestamp: '2026-12-01T01:00:00Z',
  completionTimestamp: '2026-12-01T01:20:00Z',
  progress: { itemsBackedUp: 114, totalItems: 114 },
};

t.test('a Backup as the API has it', async (t) => {
  t.same(parseRun(backup('daily-1', completed)), {
    schedule: 'daily',
    name: 'daily-1',
    phase: 'Completed',
    beganWallMs: at('01:00:00'),
    endedWallMs: at('01:20:00'),
    progress: 'Completed 114 0 0',
    detail: '',
    volumesLost: 0,
  });
  const waiting = {
    ...completed,
    phase: 'WaitingForPluginOperations',
    completionTimestamp: undefined,
    backupItemOperationsAttempted: 5,
    backupItemOperationsCompleted: 2,
    backupItemOperationsFailed: 1,
  };
  t.match(parseRun(backup('daily-1', waiting)), { endedWallMs: null, progress: 'WaitingForPluginOperations 114 2 1' });
  t.match(
    parseRun(
      backup('daily-1', { phase: 'FailedValidation', validationErrors: ['no location', 'x', { toString: 7 }, null] }),
    ),
    {
      beganWallMs: at('00:59:58'),
      endedWallMs: at('00:59:58'),
      detail: 'no location; x',
    },
  );
  t.match(parseRun(backup('daily-1', { ...completed, phase: 'Failed', failureReason: 'found\u001b a backup' })), {
    detail: 'found  a backup',
  });
  t.match(parseRun(backup('daily-1', {})), { phase: 'New', endedWallMs: null, beganWallMs: at('00:59:58') });
});

t.test('volume snapshots that were tried and not made; those that were moved elsewhere are not counted', async (t) => {
  const counts = {
    ...completed,
    volumeSnapshotsAttempted: 3,
    volumeSnapshotsCompleted: 2,
    csiVolumeSnapshotsAttempted: 4,
    csiVolumeSnapshotsCompleted: 2,
  };
  t.match(parseRun(backup('daily-1', counts)), { volumesLost: 3 });
  t.match(parseRun(backup('daily-1', counts, { spec: { snapshotMoveData: true } })), { volumesLost: 1 });
});

t.test('a Backup of no Schedule, and one that is about to go, are left out; odd objects are no error', async (t) => {
  t.equal(parseRun(backup('by-hand', completed, { metadata: { name: 'by-hand' } })), null);
  t.equal(parseRun(backup('daily-1', { ...completed, phase: 'Deleting' })), null);
  const labels = { 'velero.io/schedule-name': 'daily' };
  const metadata = {
    name: 'a',
    labels,
    creationTimestamp: '2026-12-01T00:00:00Z',
    deletionTimestamp: '2026-12-01T00:00:01Z',
  };
  t.equal(parseRun(backup('daily-1', completed, { metadata })), null);
  for (const odd of [
    {},
    { metadata: null },
    { metadata: 7, status: [] },
    { metadata: { labels: 'x' }, status: { phase: 7 } },
  ]) {
    t.equal(parseRun(odd), null);
    t.match(parseSchedule(odd, []), { name: '', cron: '', paused: false, refusal: null, runs: [] });
    t.match(parseLocation(odd), { available: false, validatedWallMs: null });
  }
});

t.test('of many runs the latest stay, and the newest that was completed', async (t) => {
  const runs = Array.from({ length: 50 }, (_, hour): Run => {
    const phase = hour === 3 ? 'Completed' : 'PartiallyFailed';
    const began = hour * 3_600_000;
    const rest = { progress: '', detail: '', volumesLost: 0 };
    return { schedule: 'daily', name: `r${hour}`, phase, beganWallMs: began, endedWallMs: began + 1, ...rest };
  });
  const kept = keepRuns([...runs, { ...runs[0], schedule: 'other' } as Run], 'daily');
  t.equal(kept.length, 21);
  t.same([kept[0]?.name, kept[19]?.name, kept[20]?.name], ['r49', 'r30', 'r3']);
});

t.test('a Schedule and a storage location', async (t) => {
  const metadata = { name: 'daily', creationTimestamp: '2026-12-01T00:00:00Z' };
  t.match(
    parseSchedule({ metadata, spec: { schedule: '0 1 * * *', paused: true }, status: { phase: 'Enabled' } }, []),
    {
      name: 'daily',
      cron: '0 1 * * *',
      createdWallMs: at('00:00:00'),
      paused: true,
      refusal: null,
    },
  );
  const refused = { phase: 'FailedValidation', validationErrors: ['invalid schedule'] };
  t.match(parseSchedule({ metadata, spec: {}, status: refused }, []), { refusal: 'invalid schedule' });
  const available = { phase: 'Available', lastValidationTime: '2026-12-01T02:00:00Z' };
  t.same(parseLocation({ metadata: { name: 'default' }, spec: {}, status: available }), {
    name: 'default',
    available: true,
    detail: '',
    validatedWallMs: at('02:00:00'),
    validatedEveryMs: 60_000,
  });
  const spec = { validationFrequency: '0s' };
  t.match(parseLocation({ metadata: { name: 'b' }, spec, status: { phase: 'Unavailable', message: 'AccessDenied' } }), {
    available: false,
    detail: 'AccessDenied',
    validatedEveryMs: 0,
  });
});

function kubeconfig(t: Test, server: string): string {
  const path = join(makeFolder(t), 'kubeconfig');
  const users = [{ name: 'here', user: { token: 'admintoken' } }];
  const contexts = [{ name: 'here', context: { cluster: 'here', user: 'here' } }];
  const clusters = [{ name: 'here', cluster: { server } }];
  writeFileSync(path, stringify({ 'current-context': 'here', contexts, clusters, users }));
  return path;
}

async function stage(t: Test) {
  const standIn = await openStandIn();
  const clock = { nowMs: () => performance.now(), wallMs: () => at('03:00:00') };
  const backups = createBackups({ clock, prober: { look: () => Promise.reject(new Error('no command here')) } });
  t.teardown(async () => {
    backups.close();
    await standIn.close();
  });
  const target: BackupTarget = { kind: 'velero', namespace: 'velero', kubeconfig: kubeconfig(t, standIn.url) };
  const look = (timeoutMs = plentyMs) => backups.look({ type: 'backups.look', check: 'cluster', target, timeoutMs });
  return { standIn, look };
}

t.test('Schedules with their Backups and the locations, by name', async (t) => {
  const { standIn, look } = await stage(t);
  const schedule = (name: string) => ({
    metadata: { name },
    spec: { schedule: '@daily' },
    status: { phase: 'Enabled' },
  });
  standIn.serve('velero.io', 'schedules', [schedule('weekly'), schedule('daily')]);
  standIn.serve('velero.io', 'backups', [
    backup('daily-1', completed),
    backup('by-hand', completed, { metadata: { name: 'by-hand' } }),
  ]);
  standIn.serve('velero.io', 'backupstoragelocations', [
    { metadata: { name: 'default' }, status: { phase: 'Available' } },
  ]);
  const seen = await look();
  t.match(seen, {
    known: true,
    wallMs: at('03:00:00'),
    found: {
      kind: 'velero',
      schedules: [
        { name: 'daily', runs: [{ name: 'daily-1', phase: 'Completed' }] },
        { name: 'weekly', runs: [] },
      ],
      locations: [{ name: 'default', available: true }],
    },
  });
  t.match(
    standIn.asked.map(({ line }) => line),
    [
      'GET /apis/velero.io/v1/namespaces/velero/backups?limit=250&labelSelector=velero.io%2Fschedule-name',
      'GET /apis/velero.io/v1/namespaces/velero/schedules?limit=250',
      'GET /apis/velero.io/v1/namespaces/velero/backupstoragelocations?limit=250',
    ],
  );
});

t.test('long lists come page by page', async (t) => {
  const { standIn, look } = await stage(t);
  standIn.serve('velero.io', 'schedules', [{ metadata: { name: 'daily' }, spec: { schedule: '@daily' } }]);
  const minutes = Array.from({ length: 600 }, (_, minute) => new Date(at('00:00:00') + minute * 60_000).toISOString());
  standIn.serve(
    'velero.io',
    'backups',
    minutes.map((time, index) =>
      backup(`daily-${index}`, { ...completed, startTimestamp: time, completionTimestamp: time }),
    ),
  );
  standIn.serve('velero.io', 'backupstoragelocations', []);
  const seen = await look();
  t.match(seen, { known: true, found: { schedules: [{ runs: [{ name: 'daily-599' }] }] } });
  t.equal(standIn.asked.filter(({ line }) => line.includes('/backups?')).length, 3);
});

t.test('what cannot be read is not taken for nothing', async (t) => {
  const { standIn, look } = await stage(t);
  t.match(await look(), { known: false, detail: 'cannot list backups of velero.io: the server answered 404' });
  standIn.serve('velero.io', 'backups', []);
  t.match(await look(), { known: false, detail: 'cannot list schedules of velero.io: the server answered 404' });
  for (const name of ['schedules', 'backupstoragelocations']) standIn.serve('velero.io', name, []);
  t.match(await look(), { known: true, found: { schedules: [], locations: [] } });
  standIn.set('forbid');
  t.match(await look(), { known: false, detail: /^cannot list backups of velero\.io: .*forbidden/ });
  standIn.set('garbage');
  t.match(await look(), { known: false, detail: 'cannot list backups of velero.io: the reply is no JSON object' });
  standIn.set('silent');
  t.match(await look(100), { known: false, detail: 'cannot list backups of velero.io: no answer within 100 ms' });
});

t.test('a kubeconfig that is not there is said so', async (t) => {
  const clock = { nowMs: () => performance.now(), wallMs: () => 0 };
  const backups = createBackups({ clock, prober: { look: () => Promise.reject(new Error('no command here')) } });
  t.teardown(() => backups.close());
  const target: BackupTarget = { kind: 'velero', namespace: 'velero', kubeconfig: '/no/such' };
  t.match(await backups.look({ type: 'backups.look', check: 'a', target, timeoutMs: plentyMs }), {
    known: false,
    detail: 'cannot list backups of velero.io: cannot read /no/such: ENOENT',
  });
});
