import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { keepLastGood, readLastGood } from '../../src/config/last-good.ts';

t.test('what was kept is read back, the newest of it', async (t) => {
  const directory = t.testdir();
  t.equal(await readLastGood(directory), null, 'nothing before the first');
  await keepLastGood(directory, 'node: one');
  await keepLastGood(directory, 'node: two # as written');
  t.match(await readLastGood(directory), { node: 'two', discover: true });
  t.equal(readFileSync(join(directory, 'last-good.yaml'), 'utf8'), 'node: two # as written');
  t.same(readdirSync(directory), ['last-good.yaml'], 'nothing is left beside it');
});

t.test('it is for root alone, whatever was there before', async (t) => {
  const directory = t.testdir({ 'last-good.yaml.new': 'left over' });
  chmodSync(join(directory, 'last-good.yaml.new'), 0o644);
  await keepLastGood(directory, 'node: one');
  t.equal(statSync(join(directory, 'last-good.yaml')).mode & 0o777, 0o600);
});

t.test('a write that was cut off leaves the old one whole', async (t) => {
  const directory = t.testdir();
  await keepLastGood(directory, 'node: one');
  writeFileSync(join(directory, 'last-good.yaml.new'), 'node: tw');
  t.match(await readLastGood(directory), { node: 'one' });
});

t.test('one that cannot be used any more counts as none', async (t) => {
  t.equal(await readLastGood(t.testdir({ 'last-good.yaml': 'nodes: one' })), null);
  t.equal(await readLastGood(t.testdir({ 'last-good.yaml': 'node: [' })), null);
  t.equal(await readLastGood(t.testdir({ 'last-good.yaml': {} })), null, 'a folder in its place');
});

t.test('a directory that takes nothing is no reason to fail', async (t) => {
  await t.resolves(keepLastGood(join(t.testdir(), 'missing'), 'node: one'));
  await t.resolves(keepLastGood(t.testdir({ 'last-good.yaml': { in: 'the way' } }), 'node: one'));
});
