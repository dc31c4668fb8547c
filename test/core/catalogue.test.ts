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
const typesIn = (file: string): string[] => typesOf(textOf((name) => name === file));

const typesOf = (text: string): string[] =>
  [...text.matchAll(/readonly type: '([a-z.-]+)'/g)].map(([, type]) => type ?? '');

/** A domain with unions of its own has them in one file. */
const ofEtcd = (union: string): string[] => {
  const text = textOf((name) => name === 'core/etcd/event.ts');
  return typesOf(text.split(`export type ${union} =`)[1]?.split('\nexport ')[0] ?? '');
};

t.test('every reason is given somewhere', async (t) => {
  const used = textOf((name) => !/^core\/reasons?[./]/.test(name));
  t.same(
    Object.keys(reasons).filter((code) => !used.includes(`'${code}'`)),
    [],
  );
});

t.test('every event is handled by the core and sent by somebody', async (t) => {
  const types = [...typesIn('core/event.ts'), ...ofEtcd('EtcdEvent')];
  t.ok(types.length > 30, `${types.length} events`);
  const handling = textOf((name) => /^core\/\w+\/step\.ts$/.test(name));
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
  const types = [...typesIn('core/action.ts'), ...ofEtcd('EtcdAction')];
  t.ok(types.length > 15, `${types.length} actions`);
  const performing = textOf((name) => name === 'perform.ts');
  const asking = textOf((name) => /^core\/\w+\/(?!event\.ts)/.test(name));
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
  const types = [...typesIn('core/transition.ts'), ...ofEtcd('EtcdTransition')];
  t.equal(types.length, 15);
  const telling = textOf((name) => /^core\/\w+\/(?!event\.ts)/.test(name));
  t.same(
    types.filter((type) => !telling.includes(`type: '${type}'`)),
    [],
  );
});
