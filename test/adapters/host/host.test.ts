import { spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readFigures } from '../../../src/adapters/host/figures.ts';
import { createHost, type HostParts } from '../../../src/adapters/host/host.ts';
import { makeFolder, makeHangingFile, releaseHangingFile } from '../probe/stage.ts';

function makeHost(t: Test, parts: HostParts = {}) {
  const host = createHost(parts);
  t.teardown(host.close);
  return host;
}

const psi = (some: number, full: number): string =>
  `some avg10=${some.toFixed(2)} avg60=1.00 avg300=1.00 total=9\nfull avg10=${full.toFixed(2)} avg60=1.00 avg300=1.00 total=9\n`;

function makeProc(t: Test, pressures: Readonly<Record<string, string>>): string {
  const folder = makeFolder(t);
  mkdirSync(join(folder, 'pressure'));
  for (const [name, text] of Object.entries(pressures)) writeFileSync(join(folder, 'pressure', name), text);
  return folder;
}

t.test('pressure is the worst of processor, disk and memory', async (t) => {
  const pressureOf = async (pressures: Readonly<Record<string, string>>) =>
    (await makeHost(t, { procFolder: makeProc(t, pressures), locks: [] }).sample()).pressure;
  t.equal(
    await pressureOf({ cpu: psi(12.5, 0), io: psi(90, 3), memory: psi(80, 2) }),
    0.125,
    'a busy disk is no stall',
  );
  t.equal(await pressureOf({ cpu: psi(1, 0), io: psi(90, 40.5), memory: psi(80, 2) }), 0.405);
  t.equal(await pressureOf({ cpu: psi(1, 0), io: psi(1, 1), memory: psi(80, 60) }), 0.6);
  t.equal(await pressureOf({}), 0, 'a kernel without the figures');
  t.equal(await pressureOf({ cpu: 'garbage', io: '', memory: 'full avg10=x' }), 0);
});

/** Another process that holds a POSIX lock on a file, as dpkg does: SQLite takes such locks. */
async function lock(t: Test, path: string) {
  const program = `
    const { DatabaseSync } = require('node:sqlite');
    new DatabaseSync(process.argv[1]).exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    process.stdout.write('locked');
    setInterval(() => undefined, 60_000);`;
  const child = spawn(process.execPath, ['-e', program, path], { env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
}

t.test('a package manager at work is seen by the lock it holds, and its end by the lock that is gone', async (t) => {
  const folder = makeFolder(t);
  const locks = [
    { manager: 'rpm', path: join(folder, 'none') },
    { manager: 'dpkg', path: join(folder, 'lock') },
  ];
  const host = makeHost(t, { locks });
  t.equal((await host.sample()).packageManager, null, 'no file');
  writeFileSync(join(folder, 'lock'), '');
  t.equal((await host.sample()).packageManager, null, 'a file that nobody locks');
  const unlock = await lock(t, join(folder, 'lock'));
  t.equal((await host.sample()).packageManager, 'dpkg');
  await unlock();
  t.equal((await host.sample()).packageManager, null);
});

t.test('a sample comes though a read hangs, with what was known last', async (t) => {
  const folder = makeProc(t, { io: psi(1, 1), memory: psi(1, 50) });
  const host = makeHost(t, { procFolder: folder, locks: [] });
  t.equal((await host.sample()).pressure, 0.5);
  const hanging = makeHangingFile(t);
  symlinkSync(hanging, join(folder, 'pressure/cpu'));
  writeFileSync(join(folder, 'pressure/memory'), psi(1, 2));
  for (const sample of await Promise.all([host.sample(), host.sample(), host.sample()])) t.equal(sample.pressure, 0.5);
  releaseHangingFile(hanging);
  t.equal((await host.sample()).pressure, 0.02);
});

t.test('own lag is the longest time since the last sample for which the loop did not turn', async (t) => {
  const host = makeHost(t, { locks: [] });
  await host.sample();
  // The histogram counts from its own timer's first turn on.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const until = performance.now() + 700;
  while (performance.now() < until) Math.sqrt(until);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { loopLagMs } = await host.sample();
  t.ok(loopLagMs > 250, `${loopLagMs} ms`);
});

t.test('the boot and the time spent suspended', async (t) => {
  const host = makeHost(t);
  t.match(host.bootId(), /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  t.equal(host.bootId(), readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
});

t.test('the figures for evidence are read without any program', async (t) => {
  const started: unknown[] = [];
  const note = (message: unknown): void => void started.push(message);
  subscribe('child_process', note);
  t.teardown(() => unsubscribe('child_process', note));
  const { memory, openFiles, loadPerCore } = await readFigures();
  t.same(started, []);
  t.ok(memory.totalBytes > memory.availableBytes && memory.availableBytes > 0);
  t.ok(openFiles.used > 0 && openFiles.most >= openFiles.used);
  t.ok(loadPerCore >= 0);
});
