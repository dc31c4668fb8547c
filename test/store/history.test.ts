import t from 'tap';
import type { Transition } from '../../src/core/transition.ts';
import type { IncidentQuery } from '../../src/store/shelf.ts';
import { opened, openIn, stateNumber } from './stage.ts';

const day = 86_400_000;
const everything = { component: null, sinceWallMs: 0, id: null };

const closed = (incident: string): Transition => ({
  type: 'incident.closed',
  component: 'containerd',
  incident,
  reason: 'component.healthy',
  cause: 'unit.crashed',
  recovered: true,
  durationMs: 70,
});

t.test('an incident comes back with its transitions, its end and its evidence', async (t) => {
  const { store } = openIn(t, t.testdir());
  store.save(stateNumber(1), 1_000, [opened('i-1'), { type: 'node.changed', reason: 'node.pressure', detail: '0.5' }]);
  store.noteEvidence('i-1', 'one.json');
  store.save(stateNumber(2), 1_070, [closed('i-1')]);
  t.same(store.incidents(everything), [
    {
      id: 'i-1',
      component: 'containerd',
      openedWallMs: 1_000,
      closedWallMs: 1_070,
      cause: 'unit.crashed',
      recovered: true,
      durationMs: 70,
      transitions: [
        { wallMs: 1_000, transition: opened('i-1') },
        { wallMs: 1_070, transition: closed('i-1') },
      ],
      evidence: ['one.json'],
    },
  ]);
});

t.test('what is asked for is found: by component, by time, by id, the newest first', async (t) => {
  const { store } = openIn(t, t.testdir());
  store.save(stateNumber(1), 1_000, [opened('i-1')]);
  store.save(stateNumber(2), 2_000, [closed('i-1'), opened('i-2', 'kubelet')]);
  store.save(stateNumber(3), 3_000, [opened('i-3')]);
  const ids = (query: Partial<IncidentQuery>) => store.incidents({ ...everything, ...query }).map(({ id }) => id);
  t.same(ids({}), ['i-3', 'i-2', 'i-1']);
  t.same(ids({ component: 'kubelet' }), ['i-2']);
  t.same(ids({ sinceWallMs: 2_500 }), ['i-3', 'i-2'], 'one that is open still is never too old');
  t.same(ids({ id: 'i-1', sinceWallMs: 2_500 }), ['i-1']);
  t.same(ids({ id: 'i-9' }), []);
});

t.test('history is forgotten after 70 days, with its evidence', async (t) => {
  const { store } = openIn(t, t.testdir());
  store.save(stateNumber(1), 1 * day, [opened('old')]);
  store.noteEvidence('old', 'old.json');
  store.save(stateNumber(2), 60 * day, [opened('young')]);
  store.noteEvidence('young', 'young.json');
  store.prune(72 * day);
  t.match(store.incidents(everything), [{ id: 'young', evidence: ['young.json'], transitions: [{}] }]);
  t.equal(store.incidents(everything).length, 1);
});

t.test('history is bounded in number without waiting for the day to pass', async (t) => {
  const { store } = openIn(t, t.testdir());
  for (let batch = 0; batch < 13; batch += 1) {
    const transitions = Array.from({ length: 1_000 }, (_, n) => opened(`i-${batch * 1_000 + n}`));
    store.save(stateNumber(batch), batch, transitions);
  }
  t.same(store.load().state, null, 'what was loaded at the start does not change');
  const incidents = store.incidents(everything);
  t.equal(incidents.length, 1_000);
  t.ok(
    incidents.every(({ id }) => Number(id.slice(2)) >= 12_000),
    'the newest are kept',
  );
});

const restarted = (by: 'nodemend' | 'systemd'): Transition => ({
  type: 'component.restarted',
  component: 'containerd',
  by,
  reason: 'unit.crashed',
});

t.test('a period has its incidents and restarts, the oldest first, and those that were under way', async (t) => {
  const { store } = openIn(t, t.testdir());
  store.save(stateNumber(1), 1_000, [opened('i-1'), restarted('systemd')]);
  store.save(stateNumber(2), 2_000, [closed('i-1'), opened('i-2', 'kubelet')]);
  store.save(stateNumber(3), 3_000, [restarted('nodemend'), opened('i-3')]);
  const brief = { cause: 'unit.crashed', recovered: null, durationMs: null, closedWallMs: null };
  t.same(store.period(2_500, 4_000), {
    knownSinceWallMs: 1_000,
    incidents: [
      { ...brief, component: 'kubelet', openedWallMs: 2_000 },
      { ...brief, component: 'containerd', openedWallMs: 3_000 },
    ],
    restarts: [{ wallMs: 3_000, component: 'containerd', by: 'nodemend', reason: 'unit.crashed' }],
  });
  t.match(store.period(0, 4_000).incidents[0], { closedWallMs: 2_000, recovered: true, durationMs: 70 });
  t.equal(store.period(0, 4_000).restarts.length, 2);
});

t.test('it is known since when the history is whole', async (t) => {
  const { store } = openIn(t, t.testdir());
  t.match(store.period(0, 5_000), { knownSinceWallMs: 5_000 }, 'not at all yet');
  store.save(stateNumber(1), 1 * day, [restarted('systemd')]);
  t.match(store.period(0, 60 * day), { knownSinceWallMs: 1 * day });
  store.prune(100 * day);
  t.match(store.period(0, 100 * day), { knownSinceWallMs: 30 * day }, 'a long silence is known to have been one');
  for (let batch = 0; batch < 11; batch += 1) {
    const transitions = Array.from({ length: 1_000 }, () => restarted('systemd'));
    store.save(stateNumber(batch), 100 * day + batch, transitions);
  }
  store.prune(101 * day);
  t.match(store.period(0, 101 * day), { knownSinceWallMs: 100 * day + 1 }, 'what there was too much of is cut');
  for (let batch = 0; batch < 2; batch += 1) {
    const transitions = Array.from({ length: 600 }, (_, n) => opened(`i-${batch}-${n}`));
    store.save(stateNumber(batch), 101 * day + batch, transitions);
  }
  store.prune(102 * day);
  t.match(store.period(0, 102 * day), { knownSinceWallMs: 101 * day });
});

t.test('one incident comes with what befell its component meanwhile', async (t) => {
  const { store } = openIn(t, t.testdir());
  store.save(stateNumber(1), 1_000, [restarted('systemd')]);
  store.save(stateNumber(2), 2_000, [opened('i-1'), opened('i-2', 'kubelet')]);
  store.save(stateNumber(3), 3_000, [restarted('systemd'), { type: 'node.changed', reason: 'bus.lost', detail: '' }]);
  store.save(stateNumber(4), 4_000, [closed('i-1')]);
  store.save(stateNumber(5), 5_000, [restarted('nodemend')]);
  const types = (id: string) =>
    store.incidents({ ...everything, id })[0]?.transitions.map((one) => one.transition.type);
  t.same(types('i-1'), ['incident.opened', 'component.restarted', 'incident.closed']);
  t.same(types('i-2'), ['incident.opened'], 'another component has its own story');
  t.equal(store.incidents(everything).find(({ id }) => id === 'i-1')?.transitions.length, 2, 'the list is brief');
});
