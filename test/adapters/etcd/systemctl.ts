/** A program in the place of systemctl, for tests of what goes by a member's service. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';

const usual = {
  LoadState: 'loaded',
  ActiveState: 'active',
  SubState: 'running',
  Result: 'success',
  MainPID: '312',
};

/** A systemctl on PATH that tells these properties of every unit and writes down what it was asked for, and an etcd that tells its version. */
export function standIn(t: Test, properties: Readonly<Record<string, string>>, environment: string): string {
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
