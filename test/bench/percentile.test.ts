/** The arithmetic behind every figure of the benchmark's table. */
import t from 'tap';
import { percentile } from './percentile.ts';

const upTo = (most: number): number[] => Array.from({ length: most }, (_, index) => most - index);

t.test('the median is the middle value, the lower one of two', async (t) => {
  t.equal(percentile([3, 1, 2], 0.5), 2);
  t.equal(percentile([4, 1, 3, 2], 0.5), 2);
  t.equal(percentile([7], 0.5), 7);
});

t.test('the 99th percentile of a hundred values is the second largest, of fewer the largest', async (t) => {
  t.equal(percentile(upTo(100), 0.99), 99);
  t.equal(percentile(upTo(99), 0.99), 99);
  t.equal(percentile(upTo(50), 0.99), 50);
  t.equal(percentile(upTo(1000), 0.99), 990);
});

t.test('values are compared as numbers and left in their order', async (t) => {
  const values = [10, 9, 100];
  t.equal(percentile(values, 1), 100);
  t.equal(percentile(values, 0.01), 9);
  t.same(values, [10, 9, 100]);
});

t.test('nothing measured is no figure', async (t) => {
  t.equal(percentile([], 0.5), null);
});
