import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { findManager, readManagerFiles } from '../../../src/adapters/host/locks.ts';
import { makeFolder } from '../probe/stage.ts';

const dpkg = { manager: 'dpkg', major: 0xfe, minor: 0, inode: 2_146_415 };
const onBtrfs = { manager: 'rpm', major: 0, minor: 0x2a, inode: 79 };

const table: readonly (readonly [string, string, string | null])[] = [
  ['its lock', '1: POSIX  ADVISORY  WRITE 24407 fe:00:2146415 0 EOF', 'dpkg'],
  ['a part of the file', '1: POSIX  ADVISORY  WRITE 24407 fe:00:2146415 1073741824 1073742335', 'dpkg'],
  [
    'among others',
    '1: FLOCK  ADVISORY  WRITE 1 00:2a:9 0 EOF\n2: POSIX  ADVISORY  WRITE 7 fe:00:2146415 0 EOF',
    'dpkg',
  ],
  ['a lock for reading', '1: POSIX  ADVISORY  READ  24407 fe:00:2146415 0 EOF', null],
  ['one that waits for it', '1: -> POSIX  ADVISORY  WRITE 24407 fe:00:2146415 0 EOF', null],
  ['another file', '1: POSIX  ADVISORY  WRITE 24407 fe:00:2146416 0 EOF', null],
  ['the same number on another disk', '1: POSIX  ADVISORY  WRITE 24407 fe:01:2146415 0 EOF', null],
  ['the same number on a tmpfs', '1: POSIX  ADVISORY  WRITE 24407 00:1a:2146415 0 EOF', null],
  ['on btrfs, whose device has two numbers', '1: POSIX  ADVISORY  WRITE 24407 00:1f:79 0 EOF', 'rpm'],
  ['a lock that no package manager takes', '1: FLOCK  ADVISORY  WRITE 24407 00:2a:79 0 EOF', null],
  ['nor this one', '1: OFDLCK ADVISORY  WRITE -1 00:2a:79 0 EOF', null],
  ['nothing', '', null],
  ['something else', 'garbage\n1: POSIX\n', null],
];

for (const [name, text, manager] of table) {
  t.test(name, async (t) => {
    t.equal(findManager(`${text}\n`, [dpkg, onBtrfs]), manager);
  });
}

t.test('locks whose files are not there are nobody’s', async (t) => {
  const folder = makeFolder(t);
  writeFileSync(join(folder, 'file'), '');
  const paths = ['none', 'file/none', 'file'].map((name) => ({ manager: name, path: join(folder, name) }));
  t.match(await readManagerFiles(paths), [{ manager: 'file' }]);
  t.equal((await readManagerFiles(paths)).length, 1);
});
