/** What systemd tells of a member's service: texts as systemctl of systemd 257 writes them, from a program in its place. */
import { mkdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createFindHere } from '../../../src/adapters/etcd/here.ts';
import { readService, startService, stopService } from '../../../src/adapters/etcd/service.ts';
import { standIn } from './systemctl.ts';

const find = () => createFindHere('etcd.service', () => Date.now())();

t.test('flags come from the unit, its files and its command line, the later ones first', async (t) => {
  const folder = standIn(
    t,
    {},
    'ETCD_NAME="m1"\n# ETCD_NAME=no\nETCD_INITIAL_ADVERTISE_PEER_URLS=https://10.0.0.1:2380\n',
  );
  mkdirSync(join(folder, 'data dir'));
  t.match(await find(), {
    here: {
      name: 'm1',
      peerUrls: ['https://10.0.0.1:2380'],
      process: 'running',
      dataDirectory: join(folder, 'data dir'),
      data: null,
      initialState: 'new',
      initialToken: 'etcd-cluster',
      installedVersion: '3.5.16',
      changedSince: null,
    },
  });
});

t.test('what the process is at', async (t) => {
  for (const [properties, process] of [
    [{}, 'running'],
    [{ Job: '44', ActiveState: 'inactive' }, 'starting'],
    [{ ActiveState: 'activating', SubState: 'auto-restart' }, 'starting'],
    [{ ActiveState: 'activating', SubState: 'start' }, 'starting'],
    [{ ActiveState: 'failed', Result: 'exit-code' }, 'failed'],
    [{ ActiveState: 'inactive', SubState: 'dead' }, 'stopped'],
    [{ ActiveState: 'inactive', Result: 'signal' }, 'failed'],
  ] as const) {
    standIn(t, properties, '');
    t.equal((await readService('etcd.service', () => Date.now())).process, process, JSON.stringify(properties));
  }
});

t.test('what is older than its files has to be started anew', async (t) => {
  const startedAt = String(Number(process.hrtime.bigint() / 1_000n) - 60_000_000);
  const folder = standIn(t, { ExecMainStartTimestampMonotonic: startedAt }, '');
  // A package's files are as old as their build: when they came is what counts.
  utimesSync(join(folder, 'bin/etcd'), 1_000, 1_000);
  t.match((await readService('etcd.service', () => Date.now())).changedSince, /bin\/etcd$/);
  standIn(t, { MainPID: '0', ExecMainStartTimestampMonotonic: startedAt }, '');
  t.equal((await readService('etcd.service', () => Date.now())).changedSince, null, 'nothing runs');
});

t.test('what nodemend cannot set is said', async (t) => {
  standIn(t, { LoadState: 'not-found' }, '');
  t.match(await find(), { trouble: 'etcd.service is not-found to systemd' });
  standIn(t, {}, 'ETCD_WAL_DIR=/wal\n');
  t.match(await find(), { trouble: /a folder of its own for its log/ });
  standIn(t, { ExecStart: '{ path=/usr/bin/etcd ; argv[]=/usr/bin/etcd --initial-cluster a=b ; pid=0 }' }, '');
  t.match(await find(), { trouble: /sets --initial-cluster on its command line; move that to / });
  standIn(t, { EnvironmentFiles: '' }, '');
  t.match(await find(), { trouble: /reads no environment file/ });
  standIn(t, { Environment: '' }, '');
  t.match(await find(), { trouble: /sets no name or no data-dir/ });
});

t.test('jobs', async (t) => {
  const folder = standIn(t, {}, '');
  await startService('etcd.service', 'restart');
  await stopService('etcd.service');
  t.same(readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n'), [
    'daemon-reload',
    'reset-failed etcd.service',
    'restart --no-block etcd.service',
    'stop etcd.service',
  ]);
});
