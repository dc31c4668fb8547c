import t from 'tap';
import { pathOfUnit } from '../../../src/adapters/systemd/object-path.ts';
import { decodeProperties, type Properties } from '../../../src/adapters/systemd/properties.ts';
import { createUnitBook } from '../../../src/adapters/systemd/unit-book.ts';
import type { Unit } from '../../../src/core/mend/unit.ts';
import { asRead, changedAsRead, type Dict, recordedProperties, recordedSignals } from './recorded.ts';
import { unitDict } from './stage.ts';

/** A book whose reads are answered by hand. */
const createDesk = (units: readonly string[]) => {
  const told: Unit[] = [];
  const reads: { path: string; done: (properties: Properties | null) => void }[] = [];
  const numbers: number[] = [];
  let renamed = 0;
  const book = createUnitBook({
    emit: (event) => event.type === 'unit.changed' && told.push(event.unit),
    read: (path, done) => reads.push({ path, done }),
    onRead: (_, number) => numbers.push(number),
    onRenamed: () => {
      renamed += 1;
    },
  });
  book.watch(units);
  const answer = (properties: Properties | null): void => reads.shift()?.done(properties);
  return { book, told, reads, numbers, answer, renamed: () => renamed };
};

const containerd = decodeProperties(asRead(recordedProperties('containerd')));
const path = pathOfUnit('containerd.service');

const replay = (name: string, unit: string): string[] => {
  const desk = createDesk([unit]);
  desk.book.refresh({});
  desk.answer(decodeProperties(asRead(unitDict(unit))));
  desk.told.length = 0;
  for (const signal of recordedSignals(name)) {
    if (signal.member === 'PropertiesChanged') desk.book.merge(signal.path, changedAsRead(signal));
  }
  t.equal(desk.reads.length, 0, `${name}: signals alone, no read`);
  return desk.told.map((told) => `${told.activeState}/${told.subState} ${told.result} ${told.mainPid > 0} ${told.job}`);
};

t.test('SIGKILL to containerd, as systemd told it: halves are never seen apart', async (t) => {
  t.same(replay('kill-containerd', 'containerd.service'), [
    'failed/failed-before-auto-restart signal false 0',
    'activating/auto-restart signal false 0',
    'activating/auto-restart signal false 270',
    'activating/auto-restart-queued signal false 270',
    'activating/auto-restart-queued success false 270',
    'activating/start-pre success false 270',
    'activating/start success true 270',
    'active/running success true 270',
    'active/running success true 0',
  ]);
});

t.test('systemctl stop docker', async (t) => {
  t.same(replay('stop-docker', 'docker.service'), [
    'active/running success true 97',
    'deactivating/stop-sigterm success true 97',
    'inactive/dead success false 97',
    'inactive/dead success false 0',
  ]);
});

t.test('a clean exit under Restart=on-failure', async (t) => {
  t.equal(replay('exit-zero-on-failure', 'exit0.service').at(-1), 'inactive/dead success false 0');
});

t.test('at the start limit Result keeps the cause, it does not say start-limit-hit', async (t) => {
  t.equal(replay('start-limit', 'limit.service').at(-1), 'failed/failed exit-code false 0');
});

t.test('a stop of what docker is bound to: the anchor has the lower job, and ends last', async (t) => {
  const jobs = recordedSignals('stop-containerd-with-bound-docker').filter((signal) => signal.member.startsWith('Job'));
  t.same(
    jobs.map((signal) => `${signal.member} ${signal.body[0]} ${signal.body[2]}`),
    [
      'JobNew 438 containerd.service',
      'JobNew 439 docker.service',
      'JobRemoved 439 docker.service',
      'JobRemoved 438 containerd.service',
    ],
  );
});

const text = (data: string) => ({ type: 's', data });

t.test('an exit right after a change of the unit file is told with the settings of the new file', async (t) => {
  const desk = createDesk(['containerd.service']);
  const signal = (name: string, dict: Dict) =>
    desk.book.merge(path, [`org.freedesktop.systemd1.${name}`, asRead(dict), []]);
  const exited = { ActiveState: text('inactive'), SubState: text('dead') };
  desk.book.refresh({});
  desk.answer(containerd);
  desk.book.outdate();
  signal('Service', { MainPID: { type: 'u', data: 0 } });
  signal('Unit', exited);
  t.equal(desk.told.length, 1, 'not with the old ones');
  const renewed = decodeProperties(asRead(unitDict('containerd.service', { ...exited, Restart: text('on-failure') })));
  desk.answer(renewed);
  t.match(desk.told.slice(1), [{ activeState: 'inactive', settings: { restart: 'on-failure' } }]);
  desk.answer(renewed);
  signal('Unit', { ActiveState: text('active') });
  t.match(desk.told.slice(2), [{ activeState: 'active' }], 'and from then on at once');
  t.equal(desk.reads.length, 0);
});

t.test('a read that failed leaves the settings outdated', async (t) => {
  const desk = createDesk(['containerd.service']);
  desk.book.refresh({});
  desk.answer(containerd);
  desk.book.outdate();
  desk.book.refresh({});
  desk.answer(null);
  desk.book.merge(path, ['org.freedesktop.systemd1.Unit', asRead({ ActiveState: text('inactive') }), []]);
  t.equal(desk.told.length, 1);
  t.equal(desk.reads.length, 1, 'asked for once more');
});

t.test('what a job does is told at once: its end is told apart from the unit', async (t) => {
  const desk = createDesk(['containerd.service']);
  desk.book.refresh({});
  desk.answer(containerd);
  desk.book.outdate();
  const job = { type: '(uo)', data: [7, '/org/freedesktop/systemd1/job/7'] };
  const change = asRead({ ActiveState: text('deactivating'), Job: job });
  desk.book.merge(path, ['org.freedesktop.systemd1.Unit', change, []]);
  t.match(desk.told.slice(1), [{ activeState: 'deactivating', job: 7 }]);
});

t.test('the same again is told once, and always when asked for', async (t) => {
  const desk = createDesk(['containerd.service']);
  desk.book.refresh({});
  desk.answer(containerd);
  desk.book.refresh({});
  desk.answer(containerd);
  t.equal(desk.told.length, 1);
  desk.book.refresh({ always: true });
  desk.answer(containerd);
  t.equal(desk.told.length, 2);
});

t.test('at most one read is outstanding, and one more follows it', async (t) => {
  const desk = createDesk(['containerd.service']);
  const done: boolean[] = [];
  for (let index = 0; index < 100; index += 1) desk.book.refresh({ done: (all) => done.push(all) });
  t.equal(desk.reads.length, 1);
  desk.answer(containerd);
  t.equal(desk.reads.length, 1, 'what was asked for meanwhile is one read');
  t.equal(done.length, 0, 'nobody is told before it');
  desk.answer(containerd);
  t.equal(desk.reads.length, 0);
  t.same(new Set(done), new Set([true]));
  t.equal(done.length, 100);
  t.same(desk.numbers, [1, 2]);
});

t.test('a read that failed says so and keeps what is known', async (t) => {
  const desk = createDesk(['containerd.service']);
  desk.book.refresh({});
  desk.answer(containerd);
  let all: boolean | null = null;
  desk.book.refresh({
    done: (answer) => {
      all = answer;
    },
  });
  desk.answer(null);
  t.equal(all, false);
  t.equal(desk.book.get('containerd.service')?.activeState, 'active');
});

t.test('a property named without its value is read', async (t) => {
  const desk = createDesk(['containerd.service']);
  desk.book.refresh({});
  desk.answer(containerd);
  desk.book.merge(path, ['org.freedesktop.systemd1.Unit', [], ['ActiveState']]);
  t.equal(desk.reads.length, 1);
});

t.test('a unit that comes to life although it was not there is read', async (t) => {
  const desk = createDesk(['containerd.service']);
  desk.book.refresh({});
  desk.answer({});
  t.equal(desk.told.at(-1)?.loadState, 'not-found');
  desk.book.merge(path, ['org.freedesktop.systemd1.Unit', asRead({ ActiveState: { type: 's', data: 'active' } }), []]);
  t.equal(desk.reads.length, 1);
  desk.answer(containerd);
  t.equal(desk.told.at(-1)?.loadState, 'loaded');
});

t.test('an alias is followed under its primary name and told under its own', async (t) => {
  const desk = createDesk(['cri.service']);
  desk.book.refresh({});
  desk.answer(containerd);
  t.equal(desk.renamed(), 1);
  t.equal(desk.reads.length, 1, 'read once more, now that the rules fit');
  desk.answer(containerd);
  t.ok(desk.book.rules().every((rule) => !rule.includes('cri')));
  t.same(desk.book.namesOf('containerd.service'), ['cri.service']);
  const changed = asRead({ ActiveState: { type: 's', data: 'failed' } });
  desk.book.merge(path, ['org.freedesktop.systemd1.Unit', changed, []]);
  t.match(desk.told.at(-1), { id: 'cri.service', activeState: 'failed' });
});

t.test('a unit that is not watched any more says nothing', async (t) => {
  const desk = createDesk(['containerd.service']);
  desk.book.refresh({});
  desk.book.watch([]);
  desk.answer(containerd);
  t.same(desk.told, []);
  t.equal(desk.book.get('containerd.service'), null);
});

t.test('a signal of an odd shape changes nothing', async (t) => {
  const desk = createDesk(['containerd.service']);
  desk.book.refresh({});
  desk.answer(containerd);
  for (const body of [[], [null, null, null], ['org.freedesktop.systemd1.Unit'], [7, 'x', 'y']])
    desk.book.merge(path, body);
  t.equal(desk.told.length, 1);
});
