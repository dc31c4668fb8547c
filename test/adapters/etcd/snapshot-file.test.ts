import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { checkSnapshot, writeSnapshot } from '../../../src/adapters/etcd/snapshot-file.ts';

const KiB = 1024;
const whole = ((database: Buffer): Buffer => Buffer.concat([database, createHash('sha256').update(database).digest()]))(
  randomBytes(640 * KiB),
);
const torn = { message: /no whole snapshot|do not have the hash/ };
const options = { bytesPerSecond: 1e12, signal: new AbortController().signal };

async function* inPieces(bytes: Buffer, size = 32 * KiB): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

t.test('a whole snapshot is told with its size and hash, in whatever pieces it comes', async (t) => {
  const folder = t.testdir();
  for (const size of [31, 32, 33, 32 * KiB, 1_000_000]) {
    const path = join(folder, `${size}.db`);
    const facts = await writeSnapshot(path, inPieces(whole, size), options);
    t.same(facts, { bytes: 655_392, sha256: whole.subarray(-32).toString('hex') }, `${size} bytes at a time`);
    t.ok(readFileSync(path).equals(whole));
    t.same(await checkSnapshot(path), facts);
  }
});

t.test('a snapshot that is cut at any 64 KiB is refused, while it comes and as a file', async (t) => {
  const folder = t.testdir();
  const kept = join(folder, 'kept.db');
  await writeSnapshot(kept, inPieces(whole), options);
  for (let at = 0; at < whole.length; at += 64 * KiB) {
    const cut = whole.subarray(0, at);
    await t.rejects(writeSnapshot(join(folder, 'cut.db'), inPieces(cut), options), torn, `${at} bytes came`);
    writeFileSync(join(folder, 'file.db'), cut);
    await t.rejects(checkSnapshot(join(folder, 'file.db')), torn, `${at} bytes lie there`);
  }
  await t.rejects(
    writeSnapshot(join(folder, 'cut.db'), inPieces(whole.subarray(0, -32)), options),
    torn,
    'without its hash',
  );
  t.same(readdirSync(folder).toSorted(), ['file.db', 'kept.db'], 'nothing is left of them');
  t.ok(readFileSync(kept).equals(whole));
});

t.test('a flipped bit anywhere is refused', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'flipped.db');
  for (const at of [0, 5_000, whole.length - 33, whole.length - 32, whole.length - 1]) {
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(flipped.readUInt8(at) ^ 4, at);
    writeFileSync(path, flipped);
    await t.rejects(checkSnapshot(path), torn, `in byte ${at}`);
    await t.rejects(writeSnapshot(join(folder, 'new.db'), inPieces(flipped), options), torn);
  }
  t.notOk(existsSync(join(folder, 'new.db')));
});

t.test('a member that fails in the middle leaves nothing behind', async (t) => {
  const folder = t.testdir();
  async function* failing(): AsyncGenerator<Buffer, void> {
    yield whole.subarray(0, 64 * KiB);
    throw new Error('the connection was closed');
  }
  await t.rejects(writeSnapshot(join(folder, 'a.db'), failing(), options), { message: 'the connection was closed' });
  t.same(readdirSync(folder), []);
});

t.test('no faster than it may be', async (t) => {
  const folder = t.testdir();
  const begunMs = performance.now();
  await writeSnapshot(join(folder, 'slow.db'), inPieces(whole), { ...options, bytesPerSecond: 2_000_000 });
  t.ok(performance.now() - begunMs >= 300, 'of 655,392 bytes at 2 MB/s the last is written after 0.33 s');
  const ending = new AbortController();
  const slow = writeSnapshot(join(folder, 'ended.db'), inPieces(whole), {
    bytesPerSecond: 1_000,
    signal: ending.signal,
  });
  ending.abort();
  await t.rejects(slow, { name: 'AbortError' });
  t.same(readdirSync(folder), ['slow.db']);
});
