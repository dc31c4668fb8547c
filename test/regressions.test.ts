/** The record of bugs (regressions.md) is true: every test it names exists, and every story of the simulator is in it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { found } from './sim/found.ts';

const top = join(import.meta.dirname, '..');
const methods = ['simulation', 'kill points', 'properties', 'fuzzing', 'lab', 'review', 'unrecorded'];

const rows = readFileSync(join(import.meta.dirname, 'regressions.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| what was wrong') && !line.startsWith('| ---'))
  .map((line) => {
    const [wrong = '', method = '', seed = '', test = ''] = line.slice(2, -2).split(' | ');
    const [, file = '', name = ''] = /^`(.+?)`: (.+)$/.exec(test) ?? [];
    return { wrong, method, seed: seed.trim(), file, name };
  });

t.test('every bug in the record is kept away by a test that exists', async (t) => {
  t.ok(rows.length >= 46, `${rows.length} bugs`);
  for (const { wrong, method, file, name } of rows) {
    t.ok(methods.includes(method), `${wrong}: ${method}`);
    t.ok(file !== '' && readFileSync(join(top, file), 'utf8').includes(name), `${file}: ${name}`);
  }
});

t.test('every story that the simulator found is in the record with its seed', async (t) => {
  const recorded = rows.filter(({ file }) => file === 'test/sim/found.ts');
  t.same(
    recorded.map(({ seed, name }) => ({ seed, name })),
    found.map(({ seed, now }) => ({ seed: String(seed), name: now })),
  );
});
