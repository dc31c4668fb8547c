import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createProcessLook, judgeReads, parseProcessStatus } from '../../../src/adapters/process/look.ts';
import { fixture, lookOnce, makeFolder } from '../probe/stage.ts';

const look = (pid: number, procFolder = '/proc') =>
  lookOnce((context) => createProcessLook({ mainPid: () => pid, procFolder })({ kind: 'unit' }, context));

const read = (name: string) => {
  const status = parseProcessStatus(fixture(`proc-6.18/${name}.status`).toString('latin1'));
  if (status === null) throw new Error(`the fixture ${name} is no process status`);
  return status;
};

/** A folder that looks like /proc with one process in it. */
function makeProc(t: Test, pid: number, name: string): string {
  const folder = makeFolder(t);
  mkdirSync(join(folder, String(pid)));
  writeFileSync(join(folder, String(pid), 'status'), fixture(`proc-6.18/${name}.status`));
  return folder;
}

t.test('recorded processes', async (t) => {
  t.match(read('sleeping'), { name: 'sleep', state: 'S' });
  t.match(await look(7, makeProc(t, 7, 'sleeping')), { verdict: 'healthy', reason: 'probe.ok' });
  t.match(await look(7, makeProc(t, 7, 'stopped')), {
    verdict: 'unhealthy',
    reason: 'probe.stopped',
    detail: 'process 7 (sleep) is stopped by a signal (T)',
  });
  t.match(await look(7, makeProc(t, 7, 'zombie')), { reason: 'probe.stopped', detail: /a zombie \(Z\)$/ });
  t.match(
    await look(7, makeProc(t, 7, 'uninterruptible')),
    { reason: 'probe.blocked', detail: /in uninterruptible sleep \(D\)$/ },
    'both reads find it in the same sleep',
  );
});

t.test('a process that sleeps in D at times is not hung', async (t) => {
  const first = read('uninterruptible');
  t.match(judgeReads(7, first, first), { reason: 'probe.blocked' });
  t.match(judgeReads(7, first, { ...first, switches: first.switches + 1 }), { reason: 'probe.ok' }, 'it ran between');
  t.match(judgeReads(7, first, { ...first, state: 'R' }), { reason: 'probe.ok' });
  t.match(judgeReads(7, first, { ...first, state: 'T' }), { reason: 'probe.stopped' });
  const silent = { ...first, switches: Number.NaN };
  t.match(judgeReads(7, silent, silent), { reason: 'probe.ok' }, 'without counters there is no proof');
});

t.test('a real process, stopped and continued', async (t) => {
  const child = spawn('/bin/sleep', ['1000']);
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const state = () => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.[0] ?? '';
  const until = async (wanted: RegExp) => {
    while (!wanted.test(state())) await new Promise((resolve) => setImmediate(resolve));
  };
  t.match(await look(pid), { verdict: 'healthy' });
  child.kill('SIGSTOP');
  await until(/T/);
  t.match(await look(pid), { verdict: 'unhealthy', reason: 'probe.stopped' });
  child.kill('SIGCONT');
  await until(/[SR]/);
  t.match(await look(pid), { verdict: 'healthy' });
});

t.test('without a process nothing is concluded', async (t) => {
  for (const pid of [0, -1, Number.NaN])
    t.match(await look(pid), { verdict: 'unknown', reason: 'probe.failed', detail: 'a.service has no main process' });
  const gone = await look(4_194_999, makeFolder(t));
  t.match(gone, { verdict: 'unknown', reason: 'probe.failed', detail: /has just ended/ });
});

t.test('what is no process status', async (t) => {
  for (const text of ['', 'State:', 'Name:\tx\n', '\u0000\u0000'])
    t.equal(parseProcessStatus(text), null, JSON.stringify(text));
  const folder = makeProc(t, 7, 'sleeping');
  writeFileSync(join(folder, '7/status'), 'garbage');
  t.match(await look(7, folder), { verdict: 'unknown', reason: 'probe.failed', detail: /cannot read the state/ });
});
