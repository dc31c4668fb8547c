import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createEvidence, type EvidenceParts } from '../../../src/adapters/evidence/evidence.ts';
import type { CommandResult } from '../../../src/adapters/exec/process.ts';
import type { Unit } from '../../../src/core/mend/unit.ts';
import type { EvidenceRequest } from '../../../src/ports.ts';
import { makeFolder, plentyMs, shortMs } from '../probe/stage.ts';

const never = (): Promise<never> => new Promise(() => undefined);

const request: EvidenceRequest = {
  id: 'action-7',
  component: 'containerd',
  unit: 'containerd.service',
  incident: 'incident-3',
  dump: false,
  observations: { version: { detail: 'no reply; password=hunter2' } },
  seen: null,
};

const said = (stdout: string): CommandResult => ({
  exitCode: 0,
  signal: null,
  stdout,
  stderr: '',
  timedOut: false,
  failedToStart: null,
});

function stage(t: Test, parts: Partial<EvidenceParts> = {}) {
  const folder = join(makeFolder(t), 'evidence');
  const started: string[][] = [];
  const evidence = createEvidence({
    folder,
    start: (argv) => {
      started.push([...argv]);
      return { result: Promise.resolve(said('[1.0] it went\nDB_PASSWORD="hunter2"\n')), gone: Promise.resolve() };
    },
    bus: { read: async () => null },
    wallMs: () => Date.UTC(2026, 10, 23, 9, 31, 6, 7),
    allMs: plentyMs,
    ...parts,
  });
  const capture = (asked = request, repair: Promise<void> | null = null) => evidence.capture(asked, repair);
  const read = (file: string | null) => JSON.parse(readFileSync(join(folder, file ?? 'none'), 'utf8'));
  return { folder, capture, started, read };
}

t.test('one file with what was seen, said and measured, without its secrets', async (t) => {
  const child = spawn('/bin/sleep', ['1000']);
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  const unit = { id: 'containerd.service', mainPid: child.pid, controlGroup: '' } as unknown as Unit;
  const { capture, read, started } = stage(t, { bus: { read: async () => unit } });
  const file = await capture();
  t.equal(file, '2026-11-23T09-31-06-007Z-containerd-incident-3.json');
  const bundle = read(file);
  t.match(bundle, {
    id: 'action-7',
    component: 'containerd',
    incident: 'incident-3',
    takenWallMs: Date.UTC(2026, 10, 23, 9, 31, 6, 7),
    partial: false,
    gathered: {
      unit: { id: 'containerd.service' },
      goroutines: 'not asked for',
      processes: { [String(child.pid)]: { comm: 'sleep\n', status: /^Name:\tsleep/, stat: /\(sleep\)/, threads: 1 } },
      pressure: { cpu: String, io: String, memory: String },
      host: { memory: { totalBytes: Number } },
      journal: '[1.0] it went\nDB_PASSWORD=[redacted]\n',
    },
  });
  t.notMatch(JSON.stringify(bundle), /hunter2/);
  t.equal(started.length, 1);
});

t.test('a dump is asked for only where it may be, and never of a process that would end by it', async (t) => {
  const child = spawn('/bin/sleep', ['1000']);
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  const unit = { id: 'a.service', mainPid: child.pid, controlGroup: '' } as unknown as Unit;
  const { capture, read } = stage(t, { bus: { read: async () => unit } });
  const bundle = read(await capture({ ...request, dump: true }));
  t.equal(bundle.gathered.goroutines, 'the process does not handle SIGUSR1');
  child.kill('SIGTERM');
  t.same(await once(child, 'exit'), [null, 'SIGTERM']);
});

t.test('what is not there in time is missing and said to be', async (t) => {
  const { capture, read } = stage(t, {
    bus: { read: never },
    start: () => ({ result: never(), gone: never() }),
    // Time enough for what does come.
    allMs: 2_500,
  });
  t.match(read(await capture({ ...request, dump: true })), {
    partial: true,
    gathered: {
      unit: 'not there in time',
      journal: 'not there in time',
      goroutines: 'no main process is known',
      pressure: { cpu: String },
      host: { memory: { totalBytes: Number } },
    },
  });
});

t.test('a bus that does not answer in time does not hide what the processes do', async (t) => {
  const child = spawn('/bin/sleep', ['1000']);
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  const { capture, read } = stage(t, { bus: { read: never }, allMs: 2_500 });
  const bundle = read(await capture({ ...request, seen: { mainPid: child.pid ?? 0, controlGroup: '' } }));
  t.match(bundle.gathered, { unit: 'not there in time', processes: { [String(child.pid)]: { comm: 'sleep\n' } } });
});

t.test('a part that cannot be had does not cost the others', async (t) => {
  const { capture, read } = stage(t, { bus: { read: () => Promise.reject(new Error('the bus is gone')) } });
  t.match(read(await capture()), {
    gathered: { unit: 'cannot be had: Error: the bus is gone', journal: /it went/ },
  });
});

t.test('a disk that hangs keeps no repair waiting, and is not asked by more than two captures', async (t) => {
  const kept: (() => void)[] = [];
  const bundles = { keep: () => new Promise<void>((resolve) => kept.push(resolve)) };
  const { capture, started } = stage(t, { bundles, allMs: 2 * shortMs });
  t.same(await Promise.all([capture(), capture()]), [null, null]);
  t.equal(await capture(), null);
  t.equal(started.length, 2, 'the third did not begin');
  for (const resolve of kept) resolve();
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(await capture(), null);
  t.equal(started.length, 3, 'the disk is back, and is asked again');
});

t.test('a disk that is full, and a bundle that is there already', async (t) => {
  const { capture, folder } = stage(t);
  t.type(await capture(), 'string');
  t.equal(readdirSync(folder).length, 1);
  const full = stage(t, { bundles: { keep: () => Promise.reject(new Error('ENOSPC')) } });
  t.equal(await full.capture(), null);
});

t.test('a file is at most 1 MiB: the largest part goes, the rest stays readable', async (t) => {
  const huge = 'x'.repeat(2_000_000);
  const { capture, folder, read } = stage(t, {
    start: () => ({ result: Promise.resolve(said(huge)), gone: Promise.resolve() }),
  });
  const file = await capture();
  t.match(read(file), {
    id: 'action-7',
    gathered: { journal: /^left out: 20000\d\d bytes$/, pressure: { cpu: String } },
  });
  const vast = await capture({ ...request, incident: 'other', observations: huge });
  t.match(read(vast), { id: 'left out' });
  for (const name of readdirSync(folder)) t.ok(readFileSync(join(folder, name)).length < 1_048_577);
});

t.test('names from outside stay in the folder', async (t) => {
  const { capture } = stage(t);
  t.equal(
    await capture({ ...request, component: '../../etc/passwd', incident: `${'i'.repeat(300)}` }),
    `2026-11-23T09-31-06-007Z-______etc_passwd-${'i'.repeat(300)}`.slice(0, 200).concat('.json'),
  );
});

t.test('looking waits for a repair that is under way, but not for ever', async (t) => {
  const { capture, started } = stage(t);
  let mended = (): void => undefined;
  const repair = new Promise<void>((resolve) => {
    mended = resolve;
  });
  const looking = capture(request, repair);
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(started.length, 0);
  mended();
  t.type(await looking, 'string');
  t.type(await capture({ ...request, incident: 'other' }, never()), 'string');
});
