import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createFilesLook } from '../../../src/adapters/backups/files.ts';
import { fits } from '../../../src/adapters/backups/wildcard.ts';
import type { FilesFound } from '../../../src/core/backups/found.ts';
import type { FilesTarget } from '../../../src/core/backups/policy.ts';
import { makeFolder, plentyMs } from '../probe/stage.ts';

const clock = { nowMs: () => performance.now(), wallMs: () => 1_790_000_000_000 };

function put(path: string, bytes: number, ageS: number): void {
  writeFileSync(path, 'x'.repeat(bytes));
  utimesSync(path, 1_790_000_000 - ageS, 1_790_000_000 - ageS);
}

const target = (path: string, minBytes = 10): FilesTarget => ({ kind: 'files', path, minBytes, maxAgeMs: 3_600_000 });

/** Fails where it could not be looked at. */
async function find(t: Test, path: string, minBytes?: number): Promise<FilesFound> {
  const seen = await createFilesLook(clock)(target(path, minBytes), plentyMs);
  if (!seen.known || seen.found.kind !== 'files') return t.fail(JSON.stringify(seen)) as never;
  t.equal(seen.wallMs, 1_790_000_000_000);
  return seen.found;
}

t.test('wildcards within one name', async (t) => {
  const yes = [
    ['a.gz', 'a.gz'],
    ['a.gz', '*'],
    ['db-1.gz', 'db-*.gz'],
    ['db-.gz', 'db-*.gz'],
    ['aXbXc', 'a*X*c'],
    ['abc', '???'],
    ['.part', '.*'],
    ['abab', '*ab'],
    ['a[1]', 'a[1]'],
    ['', '*'],
  ] as const;
  const no = [
    ['a.gz.part', '*.gz'],
    ['.db.gz', '*.gz'],
    ['.db.gz', '?db.gz'],
    ['ab', '???'],
    ['a', ''],
    ['', '?'],
    ['A', 'a'],
    ['abac', '*ab'],
  ] as const;
  for (const [name, pattern] of yes) t.ok(fits(name, pattern), `${name} ${pattern}`);
  for (const [name, pattern] of no) t.notOk(fits(name, pattern), `${name} ${pattern}`);
});

t.test('a pattern that would take a clumsy matcher for ever takes none', async (t) => {
  t.notOk(fits('a'.repeat(255), `${'*a'.repeat(60)}b`));
});

t.test('the newest of all and the newest of those that are large enough', async (t) => {
  const folder = makeFolder(t);
  put(join(folder, 'db-1.gz'), 100, 7_200);
  put(join(folder, 'db-2.gz'), 200, 3_600);
  put(join(folder, 'db-3.gz'), 3, 60);
  put(join(folder, 'db-4.gz.part'), 300, 10);
  put(join(folder, '.db-5.gz'), 300, 10);
  mkdirSync(join(folder, 'db-6.gz'));
  const found = await find(t, join(folder, 'db-*.gz'));
  t.same(found.newest, { path: join(folder, 'db-3.gz'), bytes: 3, wallMs: 1_789_999_940_000 });
  t.same(found.newestWhole, { path: join(folder, 'db-2.gz'), bytes: 200, wallMs: 1_789_996_400_000 });
});

t.test('one plain path, wildcards in folders, and links', async (t) => {
  const folder = makeFolder(t);
  for (const [name, ageS] of [
    ['a', 50],
    ['b', 40],
  ] as const) {
    mkdirSync(join(folder, name));
    put(join(folder, name, 'dump'), 20, ageS);
  }
  put(join(folder, 'file'), 20, 1);
  symlinkSync(join(folder, 'a', 'dump'), join(folder, 'latest'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'lost'));
  t.equal((await find(t, join(folder, 'a', 'dump'))).newest?.path, join(folder, 'a', 'dump'));
  t.equal(
    (await find(t, join(folder, '*', 'dump'))).newest?.path,
    join(folder, 'b', 'dump'),
    'what is no folder is passed over',
  );
  t.equal((await find(t, join(folder, 'latest'))).newest?.bytes, 20);
  t.equal((await find(t, join(folder, 'lo*'))).newest, null, 'a link to nowhere is no file');
});

t.test('nothing there is found to be nothing', async (t) => {
  const folder = makeFolder(t);
  for (const path of [join(folder, '*.gz'), join(folder, 'no', 'such', '*'), join(folder, 'no'), '/proc/version/x/*'])
    t.same(await find(t, path), { kind: 'files', newest: null, newestWhole: null }, path);
});

t.test('an error of the file system is not taken for nothing', async (t) => {
  const seen = await createFilesLook(clock)(target(`/${'x'.repeat(300)}/*`), plentyMs);
  t.match(seen, { known: false, detail: /^cannot read \/x+/ });
});

t.test('names from outside are shown without what could move a cursor', async (t) => {
  const folder = makeFolder(t);
  put(join(folder, 'a\u001b[31m\nb.gz'), 20, 1);
  const { newest } = await find(t, join(folder, 'a*.gz'));
  t.equal(newest?.path, `${folder}/a [31m b.gz`);
});

const nothing: FilesFound = { kind: 'files', newest: null, newestWhole: null };

/** Looks that end when the test says so, by their paths. */
function createHanging() {
  const ends = new Map<string, (found: FilesFound) => void>();
  const begun: string[] = [];
  const look = createFilesLook(clock, ({ path }) => {
    begun.push(path);
    return new Promise((resolve) => ends.set(path, resolve));
  });
  return { look, begun, end: (path: string) => ends.get(path)?.(nothing) };
}

t.test('a look that does not end is answered at its deadline and keeps its place; others go on', async (t) => {
  const { look, end } = createHanging();
  t.match(await look(target('/hung/*'), 20), { known: false, detail: '/hung/* was not read within 20 ms' });
  t.match(await look(target('/hung/*'), plentyMs), {
    known: false,
    detail: /^an earlier look at \/hung\/\* has not ended/,
  });
  const other = look(target('/well/*'), plentyMs);
  end('/well/*');
  t.match(await other, { known: true });
  end('/hung/*');
  await new Promise((resolve) => setImmediate(resolve));
  const again = look(target('/hung/*'), plentyMs);
  end('/hung/*');
  t.match(await again, { known: true }, 'it has ended since');
});

t.test('no more than eight are under way at once; the others wait for their turn', async (t) => {
  const { look, begun, end } = createHanging();
  const paths = Array.from({ length: 12 }, (_, index) => `/${index}`);
  const looks = paths.map((path) => look(target(path), plentyMs));
  t.same(begun, paths.slice(0, 8));
  for (const path of paths) {
    end(path);
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.same(begun, paths);
  for (const seen of await Promise.all(looks)) t.match(seen, { known: true });
});

t.test('one whose deadline is over before its turn comes reads nothing any more', async (t) => {
  const { look, begun, end } = createHanging();
  const paths = Array.from({ length: 8 }, (_, index) => `/${index}`);
  const looks = paths.map((path) => look(target(path), plentyMs));
  t.match(await look(target('/late'), 20), { known: false });
  for (const path of paths) end(path);
  await Promise.all(looks);
  t.same(begun, paths);
});
