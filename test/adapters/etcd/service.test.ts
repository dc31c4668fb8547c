/** What systemd tells of a member's service: texts as systemctl of systemd 257 writes them, from a program in its place. */
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createFindHere } from '../../../src/adapters/etcd/here.ts';
import { readService, startService, stopService } from '../../../src/adapters/etcd/service.ts';

const usual = {
  LoadState: 'loaded',
  ActiveState: 'active',
  SubState: 'running',
  Result: 'success',
  MainPID: '312',
};

/** A systemctl that tells these properties and writes down what it was asked for. */
function stage(
  t: typeof import('tap').default | import('tap').Test,
  properties: Readonly<Record<string, string>>,
  environment: string,
) {
  const folder = t.testdir({ bin: {}, 'etcd.env': environment });
  const etcd = join(folder, 'bin/etcd');
  writeFileSync(etcd, '#!/bin/sh\necho "etcd Version: 3.5.16"\n');
  const lines = Object.entries({
    ExecStart: `{ path=${etcd} ; argv[]=${etcd} $DAEMON_ARGS --quota-backend-bytes=1 ; ignore_errors=no ; start_time=[n/a] ; pid=312 }`,
    Environment: `DAEMON_ARGS= ETCD_NAME=node-1 "ETCD_DATA_DIR=${join(folder, 'data dir')}"`,
    EnvironmentFiles: `${join(folder, 'etcd.env')} (ignore_errors=yes)`,
    ExecMainStartTimestampMonotonic: String(Number(process.hrtime.bigint() / 1_000n) + 60_000_000),
    ...usual,
    ...properties,
  }).map(([name, value]) => `${name}=${value}`);
  writeFileSync(join(folder, 'told'), `${lines.join('\n')}\n`);
  const script = `#!/bin/sh\necho "$@" >> ${join(folder, 'asked')}\n[ "$1" = show ] && cat ${join(folder, 'told')}\nexit 0\n`;
  writeFileSync(join(folder, 'bin/systemctl'), script);
  for (const name of ['etcd', 'systemctl']) chmodSync(join(folder, 'bin', name), 0o755);
  const before = process.env['PATH'] ?? '';
  process.env['PATH'] = `${join(folder, 'bin')}:${before}`;
  t.teardown(() => {
    process.env['PATH'] = before;
  });
  return folder;
}

const find = () => createFindHere('etcd.service', () => Date.now())();

t.test('flags come from the unit, its files and its command line, the later ones first', async (t) => {
  const folder = stage(
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
    stage(t, properties, '');
    t.equal((await readService('etcd.service', () => Date.now())).process, process, JSON.stringify(properties));
  }
});

t.test('what is older than its files has to be started anew', async (t) => {
  const startedAt = String(Number(process.hrtime.bigint() / 1_000n) - 60_000_000);
  const folder = stage(t, { ExecMainStartTimestampMonotonic: startedAt }, '');
  // A package's files are as old as their build: when they came is what counts.
  utimesSync(join(folder, 'bin/etcd'), 1_000, 1_000);
  t.match((await readService('etcd.service', () => Date.now())).changedSince, /bin\/etcd$/);
  stage(t, { MainPID: '0', ExecMainStartTimestampMonotonic: startedAt }, '');
  t.equal((await readService('etcd.service', () => Date.now())).changedSince, null, 'nothing runs');
});

t.test('what nodemend cannot set is said', async (t) => {
  stage(t, { LoadState: 'not-found' }, '');
  t.match(await find(), { trouble: 'etcd.service is not-found to systemd' });
  stage(t, {}, 'ETCD_WAL_DIR=/wal\n');
  t.match(await find(), { trouble: /a folder of its own for its log/ });
  stage(t, { ExecStart: '{ path=/usr/bin/etcd ; argv[]=/usr/bin/etcd --initial-cluster a=b ; pid=0 }' }, '');
  t.match(await find(), { trouble: /sets --initial-cluster on its command line; move that to / });
  stage(t, { EnvironmentFiles: '' }, '');
  t.match(await find(), { trouble: /reads no environment file/ });
  stage(t, { Environment: '' }, '');
  t.match(await find(), { trouble: /sets no name or no data-dir/ });
});

t.test('jobs', async (t) => {
  const folder = stage(t, {}, '');
  await startService('etcd.service', 'restart');
  await stopService('etcd.service');
  const { readFileSync } = await import('node:fs');
  t.same(readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n'), [
    'daemon-reload',
    'reset-failed etcd.service',
    'restart --no-block etcd.service',
    'stop etcd.service',
  ]);
});
