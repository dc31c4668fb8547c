import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { dumpGoroutines, parseObstacle } from '../../../src/adapters/evidence/goroutines.ts';
import { fixture, makeFolder } from '../probe/stage.ts';

const status = (state: string, caught: string): string => `Name:\tx\nState:\t${state} (x)\nSigCgt:\t${caught}\n`;

t.test('who may be asked', async (t) => {
  t.equal(parseObstacle(status('S', 'fffffffd7fc1feff')), null, 'a program in Go');
  t.equal(parseObstacle(status('R', '0000000000000200')), null);
  t.equal(parseObstacle(status('D', '0000000000000200')), null, 'it gets the signal when it wakes up');
  for (const caught of ['0000000000000000', '0000000000000100', '0000000000000400', 'fffffffffffffdff'])
    t.equal(parseObstacle(status('S', caught)), 'the process does not handle SIGUSR1', caught);
  for (const state of ['T', 't', 'Z', 'X']) t.match(parseObstacle(status(state, 'fffffffd7fc1feff')), /cannot answer/);
  for (const text of ['', 'State:\tS (sleeping)\n', status('S', 'garbage')])
    t.equal(parseObstacle(text), 'it is not known which signals the process handles');
  t.match(parseObstacle(fixture('proc-6.18/stopped.status').toString('latin1')), /its state is T/);
  t.match(parseObstacle(fixture('proc-6.18/sleeping.status').toString('latin1')), /does not handle/);
});

async function start(t: Test, program: string, ...parameters: string[]): Promise<ChildProcess & { pid: number }> {
  const child = spawn(program, parameters, { env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error(`${program} did not start`);
  return Object.assign(child, { pid: child.pid });
}

/** A program that handles SIGUSR1 by `handler`. */
async function startHandling(t: Test, handler: string) {
  const program = `
    process.on('SIGUSR1', () => { ${handler} });
    setInterval(() => undefined, 60_000);
    process.stdout.write('ready');`;
  const child = await start(t, process.execPath, '-e', program);
  await once(child.stdout ?? child, 'data');
  return child;
}

t.test('a process that does not handle the signal does not get it: it would end by it', async (t) => {
  const child = await start(t, '/bin/sleep', '1000');
  t.equal(await dumpGoroutines('/proc', child.pid, 0), 'the process does not handle SIGUSR1');
  // Signals are served in order: had the other been sent, the process would have ended by that one.
  child.kill('SIGTERM');
  t.same(await once(child, 'exit'), [null, 'SIGTERM']);
});

t.test('containerd writes its dump where its own /tmp is', async (t) => {
  const child = await startHandling(
    t,
    `require('node:fs').writeFileSync('/tmp/containerd.' + process.pid + '.stacks.log', 'goroutine 1 [running]')`,
  );
  t.teardown(() => rmSync(`/tmp/containerd.${child.pid}.stacks.log`, { force: true }));
  t.equal(await dumpGoroutines('/proc', child.pid, Date.now()), 'goroutine 1 [running]');
});

/** A folder that looks like /proc for one process, with its real state and a root of its own. */
function makeProc(t: Test, pid: number): string {
  const folder = makeFolder(t);
  mkdirSync(join(folder, `${pid}/root/run/docker`), { recursive: true });
  writeFileSync(join(folder, `${pid}/status`), readFileSync(`/proc/${pid}/status`));
  return folder;
}

t.test('of dockerd’s files the newest is taken, and none that was there before', async (t) => {
  const asked = join(makeFolder(t), 'asked');
  const child = await startHandling(t, `require('node:fs').writeFileSync('${asked}', '')`);
  const proc = makeProc(t, child.pid);
  const docker = join(proc, `${child.pid}/root/run/docker`);
  const nowMs = Date.now();
  const old = join(docker, 'goroutine-stacks-2026-11-23T093106Z.log');
  writeFileSync(old, 'old');
  utimesSync(old, 1, 1);
  t.match(await dumpGoroutines(proc, child.pid, nowMs), /^asked for; where it was written to is not known/);
  t.ok(existsSync(asked), 'it was asked');
  writeFileSync(join(docker, 'goroutine-stacks-2026-11-24T093106Z.log'), 'goroutine 2 [select]');
  writeFileSync(join(docker, 'plugins.log'), 'no dump');
  t.equal(await dumpGoroutines(proc, child.pid, nowMs), 'goroutine 2 [select]');
});

t.test('a process that is gone', async (t) => {
  t.equal(await dumpGoroutines(makeFolder(t), 4_194_999, 0), 'the process cannot be asked: ENOENT');
});
