import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createTrackFile } from '../../../src/adapters/track-file/track-file.ts';

function setUp(t: Test, name = 'track') {
  const folder = mkdtempSync(join(tmpdir(), 'track-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  const refusals: string[] = [];
  const { promise: refused, resolve } = Promise.withResolvers<void>();
  const file = createTrackFile({
    path,
    refused: (message) => {
      refusals.push(message);
      resolve();
    },
    againMs: 5,
  });
  t.teardown(() => file.close());
  return { folder, path, refusals, refused, file, read: () => readFileSync(path, 'utf8') };
}

t.test('the last number stands in the file, and nothing beside it', async (t) => {
  const { folder, file, read } = setUp(t);
  file.write(0);
  await file.settled();
  t.equal(read(), '0\n');
  for (const value of [1, 0, 1]) file.write(value);
  await file.settled();
  t.equal(read(), '1\n');
  t.same(readdirSync(folder), ['track']);
});

t.test('it is never seen half written', async (t) => {
  const { file, read } = setUp(t);
  file.write(0);
  await file.settled();
  const seen = new Set<string>();
  for (let turn = 1; turn <= 20; turn += 1) {
    file.write(turn % 2);
    const written = file.settled().then(() => true);
    const passed = () => new Promise<false>((resolve) => setImmediate(resolve, false));
    do seen.add(read());
    while (!(await Promise.race([written, passed()])));
    t.equal(read(), `${turn % 2}\n`);
  }
  t.same([...seen].toSorted(), ['0\n', '1\n']);
});

t.test('what cannot be written is told once and tried until it works', async (t) => {
  const { folder, path, refusals, refused, file, read } = setUp(t, 'later/track');
  file.write(1);
  await refused;
  await file.settled();
  mkdirSync(join(folder, 'later'));
  const { promise: there, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(() => readdirSync(join(folder, 'later')).includes('track') && resolve(), 5);
  t.teardown(() => clearInterval(timer));
  await there;
  await file.settled();
  t.equal(read(), '1\n');
  t.match(refusals, [`cannot write the track file ${path}: ENOENT`]);
  t.equal(refusals.length, 1);
});

t.test('closed, it tries no more', async (t) => {
  const { refusals, file } = setUp(t, 'never/track');
  file.close();
  file.write(1);
  await file.settled();
  t.equal(refusals.length, 1);
});
