import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { numberOf, openIn, startWriter, stateNumber, type Writer } from './stage.ts';

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

interface SmallDisk {
  readonly how: string;
  readonly directory: string;
  readonly writer: Writer;
  fill(): void;
  free(): void;
}

/** A real full disk: a small tmpfs. null where one may not be mounted. */
function mountSmall(t: Test): SmallDisk | null {
  // Not below the folder of the test, which would be removed with the disk in it.
  const directory = mkdtempSync(join(tmpdir(), 'small-disk-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k,mode=700', 'tmpfs', directory]).status !== 0) return null;
  t.teardown(() => spawnSync('umount', [directory]));
  const filler = join(directory, 'filler');
  return {
    how: 'a full tmpfs',
    directory,
    writer: startWriter(t, directory),
    fill: () => {
      spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k']);
    },
    free: () => rmSync(filler),
  };
}

/** Without the right to mount: a limit on the size of files, which fails the same writes. */
function limitFiles(t: Test): SmallDisk {
  const directory = t.testdir();
  const writer = startWriter(t, directory);
  const limit = (bytes: number) =>
    void spawnSync('prlimit', ['--pid', String(writer.child.pid), `--fsize=${bytes}:unlimited`]);
  return {
    how: 'a limit on the size of files',
    directory,
    writer,
    fill: () => limit(1),
    free: () => limit(64 * 1024 * 1024),
  };
}

for (const [name, setUp] of [
  ['a full disk', mountSmall],
  ['files that may not grow', limitFiles],
] as const) {
  t.test(`${name}: the agent goes on in memory, says so, and all is written when there is room`, async (t) => {
    const disk = setUp(t) ?? limitFiles(t);
    t.comment(disk.how);
    const { writer, directory, fill, free } = disk;
    t.match(await writer.say('save 1'), { durable: true, behind: false, events: [] });
    fill();
    t.match(await writer.say('save 2'), {
      durable: false,
      behind: true,
      detail: /^cannot write the state to .*; make room or make it writable$/,
      events: [{ type: 'store.changed', health: 'unwritable' }],
    });
    t.match(await writer.say('save 3'), { durable: false, behind: true, events: [] }, 'it is told once');
    free();
    t.match(await writer.say('save 4'), { durable: true, events: [{ type: 'store.changed', health: 'ok' }] });
    await writer.end();
    const { store } = openIn(t, directory);
    t.same(store.load(), { state: stateNumber(4), health: 'ok', detail: '' });
    const known = store.incidents({ component: null, sinceWallMs: 0, id: null }).map(({ id }) => id);
    t.same(known.sort(), ['incident-1', 'incident-2', 'incident-3', 'incident-4'], 'history has no hole');
    store.close();
  });
}

/** A directory of nobody's, who is who the writer is when this is root. */
function giveAway(directory: string): void {
  for (const name of readdirSync(directory)) if (isRoot) chownSync(join(directory, name), nobody, nobody);
  if (isRoot) chownSync(directory, nobody, nobody);
}

t.test('a store that may not be written is read all the same, so that pauses and budgets are known', async (t) => {
  const directory = t.testdir();
  chmodSync(directory, 0o755);
  const before = startWriter(t, directory);
  t.match(await before.say('save 8'), { durable: true });
  await before.end();
  giveAway(directory);
  chmodSync(directory, 0o500);
  for (const name of ['nodemend.db', 'nodemend.db-wal']) chmodSync(join(directory, name), 0o400);
  const writer = startWriter(t, directory, { asNobody: true });
  t.match(await writer.say('load'), { number: 8, health: 'unwritable', detail: /^cannot write to .*: EACCES/ });
  t.match(await writer.say('save 9'), { durable: false, behind: true, events: [] });
  chmodSync(directory, 0o700);
  for (const name of ['nodemend.db', 'nodemend.db-wal']) chmodSync(join(directory, name), 0o600);
  t.match(await writer.say('save 10'), { durable: true, events: [{ type: 'store.changed', health: 'ok' }] });
  await writer.end();
  t.equal(numberOf(openIn(t, directory).store.load().state), 10);
});

t.test('a directory that cannot be made is no reason not to start', async (t) => {
  const folder = t.testdir({ file: '' });
  const directory = join(folder, 'file', 'state');
  const { store, events } = openIn(t, directory);
  t.match(store.load(), { state: null, health: 'unwritable', detail: /cannot open .*ENOTDIR/ });
  store.save(stateNumber(1), 1, []);
  t.equal(await store.durable(), false);
  rmSync(join(folder, 'file'));
  store.save(stateNumber(2), 2, []);
  t.match(events, [{ type: 'store.changed', health: 'ok' }]);
  t.equal(await store.durable(), true);
});

t.test('a folder in the place of the database is said to be in the way', async (t) => {
  const directory = t.testdir();
  mkdirSync(join(directory, 'nodemend.db'));
  writeFileSync(join(directory, 'nodemend.db', 'x'), '');
  t.match(openIn(t, directory).store.load(), {
    state: null,
    health: 'unwritable',
    detail: /cannot open .*nodemend\.db/,
  });
});
