import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createBundles } from '../../../src/adapters/evidence/bundles.ts';
import { makeFolder } from '../probe/stage.ts';

t.test('a bundle is for root alone', async (t) => {
  const folder = join(makeFolder(t), 'evidence');
  await createBundles(folder).keep('a.json', '{}');
  t.equal(readFileSync(join(folder, 'a.json'), 'utf8'), '{}');
  t.equal(statSync(folder).mode & 0o777, 0o700);
  t.equal(statSync(join(folder, 'a.json')).mode & 0o777, 0o600);
  t.same(readdirSync(folder), ['a.json']);
});

t.test('at most 50 bundles are kept, the oldest go', async (t) => {
  const folder = makeFolder(t);
  const bundles = createBundles(folder);
  for (let day = 10; day < 70; day += 1) await bundles.keep(`2026-${day}.json`, '{}');
  const names = readdirSync(folder).sort();
  t.equal(names.length, 50);
  t.same([names[0], names.at(-1)], ['2026-20.json', '2026-69.json']);
});

t.test('at most 50 MiB are kept', async (t) => {
  const folder = makeFolder(t);
  for (const name of ['a.json', 'b.json', 'c.json']) {
    writeFileSync(join(folder, name), '');
    truncateSync(join(folder, name), 20 * 1_048_576);
  }
  await createBundles(folder).keep('d.json', '{}');
  t.same(readdirSync(folder).sort(), ['b.json', 'c.json', 'd.json']);
});

t.test('what an interrupted agent left unfinished is taken away; what is not ours stays', async (t) => {
  const folder = makeFolder(t);
  for (const name of ['a.json.new', 'notes.txt']) writeFileSync(join(folder, name), '');
  await createBundles(folder).keep('b.json', '{}');
  t.same(readdirSync(folder).sort(), ['b.json', 'notes.txt']);
});

t.test('a disk that does not take it leaves nothing behind', async (t) => {
  const folder = makeFolder(t);
  mkdirSync(join(folder, 'a.json'));
  await t.rejects(createBundles(folder).keep('a.json', '{}'));
  t.same(readdirSync(folder), ['a.json']);
  writeFileSync(join(folder, 'plain'), '');
  await t.rejects(createBundles(join(folder, 'plain/evidence')).keep('a.json', '{}'), { code: 'ENOTDIR' });
  await t.rejects(createBundles('/proc/no/evidence').keep('a.json', '{}'), { code: 'ENOENT' });
});
