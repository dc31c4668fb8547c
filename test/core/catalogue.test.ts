/** Nothing in the vocabulary of the core is dead: every reason is given somewhere, every event, action and transition has both ends. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { reasons } from '../../src/core/reason.ts';

const src = resolve(import.meta.dirname, '../../src');
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.startsWith('sim/'))
  .map((name) => ({ name, text: readFileSync(join(src, name), 'utf8') }));

const textOf = (wanted: (name: string) => boolean): string =>
  sources
    .filter(({ name }) => wanted(name))
    .map(({ text }) => text)
    .join('\n');

/** The members of a union, by their `type`. */
const typesIn = (file: string): string[] =>
  [...textOf((name) => name === file).matchAll(/readonly type: '([a-z.-]+)'/g)].map(([, type]) => type ?? '');

t.test('every reason is given somewhere', async (t) => {
  const used = textOf((name) => !/^core\/reasons?[./]/.test(name));
  t.same(
    Object.keys(reasons).filter((code) => !used.includes(`'${code}'`)),
    [],
  );
});

t.test('every event is handled by the core and sent by somebody', async (t) => {
  const types = typesIn('core/event.ts');
  t.equal(types.length, 19);
  const handling = textOf((name) => name === 'core/mend/step.ts');
  const sending = textOf((name) => !name.startsWith('core/'));
  t.same(
    types.filter((type) => !new RegExp(`^  '?${type}'?: `, 'm').test(handling)),
    [],
    'unhandled',
  );
  t.same(
    types.filter((type) => !sending.includes(`'${type}'`)),
    [],
    'unsent',
  );
});

t.test('every action is asked for by the core and performed by the shell', async (t) => {
  const types = typesIn('core/action.ts');
  t.equal(types.length, 8);
  const performing = textOf((name) => name === 'perform.ts');
  const asking = textOf((name) => name.startsWith('core/mend/'));
  t.same(
    types.filter((type) => !performing.includes(`'${type}': `)),
    [],
    'unperformed',
  );
  t.same(
    types.filter((type) => !asking.includes(`type: '${type}'`)),
    [],
    'unasked',
  );
});

t.test('every transition is told by the core', async (t) => {
  const types = typesIn('core/transition.ts');
  t.equal(types.length, 10);
  const telling = textOf((name) => name.startsWith('core/mend/'));
  t.same(
    types.filter((type) => !telling.includes(`type: '${type}'`)),
    [],
  );
});
