import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runCommand, startCommand } from '../../../src/adapters/exec/run.ts';
import { makeFolder, makeHangingFile, releaseHangingFile } from '../probe/stage.ts';

const plenty = { timeoutMs: 20_000, maxBytes: 1_000 };
const shell = (script: string): string[] => ['/bin/sh', '-c', script];

const isAlive = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] !== 'Z';
  } catch {
    return false;
  }
};

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

t.test('a command that ends', async (t) => {
  t.same(await runCommand(shell('echo out; echo err >&2; exit 3'), plenty), {
    exitCode: 3,
    signal: null,
    stdout: 'out\n',
    stderr: 'err\n',
    timedOut: false,
    failedToStart: null,
  });
  t.match(await runCommand(shell('exit 0'), plenty), { exitCode: 0, stdout: '' });
});

t.test('a command that a signal ends', async (t) => {
  t.match(await runCommand(shell('kill -TERM $$'), plenty), { exitCode: null, signal: 'SIGTERM', timedOut: false });
});

t.test('no shell reads the arguments', async (t) => {
  t.match(await runCommand(['/bin/echo', '$(id)', '; rm', '*'], plenty), { stdout: '$(id) ; rm *\n' });
});

t.test('what cannot be started says why', async (t) => {
  const folder = makeFolder(t);
  const plain = join(folder, 'plain');
  writeFileSync(plain, 'no program', { mode: 0o644 });
  t.match(await runCommand(['/no/such/program'], plenty), { exitCode: null, failedToStart: 'ENOENT' });
  t.match(await runCommand([plain], plenty), { exitCode: null, failedToStart: 'EACCES' });
  for (const argv of [[], [''], ['a\0b'], ['/bin/echo', 'a\0b']]) {
    const { exitCode, failedToStart } = await runCommand(argv, plenty);
    t.equal(exitCode, null);
    t.ok(failedToStart, JSON.stringify(argv));
  }
});

t.test('output beyond the limit is read and dropped', async (t) => {
  const { exitCode, stdout } = await runCommand(['/usr/bin/head', '-c', '3000000', '/dev/zero'], plenty);
  t.equal(exitCode, 0, 'the program did not block on a full pipe');
  t.equal(stdout.length, 1_000);
});

t.test('a command gets no input and nothing of our environment', async (t) => {
  process.env['NODEMEND_TEST_SECRET'] = 'secret';
  t.teardown(() => {
    delete process.env['NODEMEND_TEST_SECRET'];
  });
  const { stdout } = await runCommand(['/usr/bin/env'], { ...plenty, maxBytes: 100_000, env: { GIVEN: 'yes' } });
  const names = stdout.split('\n').flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? []);
  // The test runner puts its own into every process that is started.
  const ours = names.filter((name) => !name.startsWith('_TAPJS_') && name !== 'NODE_OPTIONS');
  t.same(ours.sort(), ['GIVEN', 'LANG', 'PATH']);
  t.match(await runCommand(['/bin/cat'], plenty), { exitCode: 0, stdout: '' });
});

t.test('at the deadline the whole group is killed, whatever it does against it', async (t) => {
  const folder = makeFolder(t);
  const pids = join(folder, 'pids');
  const script = `trap '' TERM; sleep 1000 & echo $! > ${pids}.new; echo $$ >> ${pids}.new; mv ${pids}.new ${pids}; wait; sleep 1000`;
  const stop = new AbortController();
  const { result, gone } = startCommand(shell(script), { ...plenty, signal: stop.signal });
  await until(() => existsSync(pids));
  const running = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
  t.ok(running.length === 2 && running.every(isAlive), 'both run');
  stop.abort();
  t.match(await result, { exitCode: null, signal: 'SIGKILL', timedOut: true });
  await gone;
  await until(() => !running.some(isAlive));
  t.pass('neither runs');
});

t.test('the deadline is a deadline', async (t) => {
  t.match(await runCommand(shell('echo begun; exec sleep 1000'), { ...plenty, timeoutMs: 2_000 }), {
    exitCode: null,
    timedOut: true,
    stdout: 'begun\n',
  });
});

t.test('a signal that has fired already', async (t) => {
  t.match(await runCommand(['/bin/sleep', '1000'], { ...plenty, signal: AbortSignal.abort() }), { timedOut: true });
});

t.test('what a command leaves behind is ended with it', async (t) => {
  const folder = makeFolder(t);
  const pid = join(folder, 'pid');
  const { exitCode } = await runCommand(shell(`sleep 1000 >/dev/null 2>&1 & echo $! > ${pid}; exit 0`), plenty);
  t.equal(exitCode, 0);
  const left = Number(readFileSync(pid, 'utf8'));
  await until(() => !isAlive(left));
  t.pass('the leftover is gone');
});

t.test('a stranger who holds the pipe does not hold us', async (t) => {
  const folder = makeFolder(t);
  const pid = join(folder, 'pid');
  const script = `setsid sh -c 'echo $$ > ${pid}; exec sleep 1000' & while ! [ -s ${pid} ]; do sleep 0.01; done; echo said`;
  t.match(await runCommand(shell(script), plenty), { exitCode: 0, stdout: 'said\n' });
  process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL');
});

t.test(
  'a program whose file cannot be read does not hold up the daemon, which would wait for it in the start',
  async (t) => {
    const hanging = makeHangingFile(t);
    const { result, gone } = startCommand([hanging], { ...plenty, timeoutMs: 50 });
    let turns = 0;
    const turning = setInterval(() => {
      turns += 1;
    }, 1);
    t.teardown(() => clearInterval(turning));
    t.match(await result, { exitCode: null, timedOut: true, failedToStart: 'its file was not read in time' });
    t.ok(turns > 0, 'the loop turned meanwhile');
    let over = false;
    void gone.then(() => {
      over = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    t.notOk(over, 'the read is still under way, and whoever asks is told so');
    releaseHangingFile(hanging);
    await gone;
  },
);

t.test('programs are searched for as a shell does', async (t) => {
  const folder = makeFolder(t);
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  for (const one of [first, second]) mkdirSync(one);
  writeFileSync(join(second, 'found'), '#!/bin/sh\necho second\n', { mode: 0o755 });
  const searching = { ...plenty, env: { PATH: `${first}:/no/such/folder:${second}:/bin` } };
  t.match(await runCommand(['found'], searching), { exitCode: 0, stdout: 'second\n' });
  writeFileSync(join(first, 'found'), '', { mode: 0o644 });
  t.match(
    await runCommand(['found'], searching),
    { exitCode: 0, stdout: 'second\n' },
    'what may not be run is passed by',
  );
  t.match(await runCommand(['missing'], searching), { failedToStart: 'ENOENT' });
  writeFileSync(join(first, 'plain'), '', { mode: 0o644 });
  t.match(await runCommand(['plain'], searching), { failedToStart: 'EACCES' });
});
