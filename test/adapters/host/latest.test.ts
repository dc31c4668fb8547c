import t from 'tap';
import { createLatest } from '../../../src/adapters/host/latest.ts';

/** A read that ends when it is told to. */
function makeRead() {
  const ends: ((value: number) => void)[] = [];
  let begun = 0;
  const read = () => {
    begun += 1;
    return new Promise<number>((resolve) => ends.push(resolve));
  };
  return { read, begun: () => begun, end: (value: number) => ends.shift()?.(value) };
}

t.test('what is read is handed on', async (t) => {
  let value = 1;
  const latest = createLatest(async () => value++, 0, 60_000);
  t.equal(await latest(), 1);
  t.equal(await latest(), 2);
});

t.test('one read at a time, however often it is asked for', async (t) => {
  const { read, begun, end } = makeRead();
  const latest = createLatest(read, 0, 5);
  t.same(await Promise.all([latest(), latest()]), [0, 0]);
  for (let times = 0; times < 5; times += 1) t.equal(await latest(), 0);
  t.equal(begun(), 1);
  end(7);
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(await latest(), 7, 'it came late and counts till the next one comes');
  t.equal(begun(), 2);
});

t.test('a read that fails changes nothing', async (t) => {
  let times = 0;
  const latest = createLatest(
    async () => {
      times += 1;
      if (times === 2) throw new Error('no');
      return times;
    },
    0,
    60_000,
  );
  t.same([await latest(), await latest(), await latest()], [1, 1, 3]);
});
