import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { lint } from '../../src/cli/lint.ts';
import { readManifests } from '../../src/lint/read.ts';
import { record } from '../cli/recorder.ts';

function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'lint-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

t.test('every regular file is read, whatever it is called; hidden ones and folders are passed over', async (t) => {
  const path = folder(t);
  for (const name of ['b.yaml', 'a.yaml.bak', 'c', '.hidden.yaml']) writeFileSync(join(path, name), name);
  mkdirSync(join(path, 'more'));
  symlinkSync(join(path, 'c'), join(path, 'link'));
  symlinkSync(join(path, 'more'), join(path, 'other'));
  const { texts, findings } = await readManifests(path);
  t.same(texts, [
    { file: join(path, 'a.yaml.bak'), text: 'a.yaml.bak' },
    { file: join(path, 'b.yaml'), text: 'b.yaml' },
    { file: join(path, 'c'), text: 'c' },
    { file: join(path, 'link'), text: 'c' },
  ]);
  t.same(findings, []);
  t.same((await readManifests(join(path, 'c'))).texts, [{ file: join(path, 'c'), text: 'c' }], 'one file alone');
});

t.test('what cannot be read is told in a sentence and never waited for', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'huge'), '');
  truncateSync(join(path, 'huge'), 1_048_577);
  writeFileSync(join(path, 'binary'), Buffer.from([0xff, 0xfe, 0]));
  symlinkSync('nowhere', join(path, 'dangling'));
  symlinkSync('loop', join(path, 'loop'));
  symlinkSync('/dev/zero', join(path, 'zero'));
  spawnSync('mkfifo', [join(path, 'fifo')]);
  const server = createServer();
  await new Promise<void>((listening) => server.listen(join(path, 'socket'), listening));
  t.teardown(() => server.close());
  const { texts, findings } = await readManifests(path);
  t.same(texts, []);
  t.same(
    findings.map(({ file, reason, message }) => [file.slice(path.length + 1), reason, message.split(':')[0]]),
    [
      ['binary', 'file.unreadable', 'it is not UTF-8 text'],
      ['dangling', 'file.unreadable', 'the link leads nowhere'],
      ['fifo', 'file.unreadable', 'it is no regular file'],
      ['huge', 'file.unreadable', 'it has 1048577 bytes'],
      ['loop', 'file.unreadable', 'the link leads to itself'],
      ['socket', 'file.unreadable', 'it is a socket'],
      ['zero', 'file.unreadable', 'it is no regular file'],
    ],
  );
  const io = record();
  t.equal(await lint({ path }, io), 1);
});

t.test('a folder that is not there is wrong usage', async (t) => {
  const path = folder(t);
  const io = record();
  t.equal(await lint({ path: join(path, 'none') }, io), 2);
  t.equal(io.said.err, `cannot read ${join(path, 'none')}: there is no such folder or file\n`);
  t.equal(io.said.out, '');
  const empty = record();
  t.equal(await lint({ path }, empty), 0);
  t.equal(empty.said.out, 'nothing to say of 0 files\n');
});

t.test('too many files are not read', async (t) => {
  const path = folder(t);
  for (let one = 0; one <= 1_000; one += 1) writeFileSync(join(path, `f${one}`), '');
  const io = record();
  t.equal(await lint({ path }, io), 2);
  t.match(io.said.err, /it has 1001 files, at most 1000\n$/);
});
