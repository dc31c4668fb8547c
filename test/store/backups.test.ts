/** Of backups the store keeps what is the matter, and the history has an incident for each such time. */
import t from 'tap';
import type { Freshness } from '../../src/core/backups/state.ts';
import { initialCheck } from '../../src/core/backups/state.ts';
import type { BackupReason } from '../../src/core/etcd/backup.ts';
import { initialState, type State } from '../../src/core/state.ts';
import type { Transition } from '../../src/core/transition.ts';
import { openStore } from '../../src/store/store.ts';
import { command, policy } from '../core/backups/world.ts';
import { openIn, stateNumber } from './stage.ts';

const item = (verdict: Freshness, sinceMs = 5) => ({
  verdict,
  reason: `freshness.${verdict}` as const,
  detail: 'x',
  sinceMs,
  goodWallMs: null,
  limitMs: null,
  bytes: null,
  standstill: null,
});

const check = (name: string, items: Record<string, ReturnType<typeof item>>) =>
  initialCheck(policy(command, { name }), items, 9);

t.test('what is the matter with a backup is there at the next start; the rest is not', async (t) => {
  const directory = t.testdir();
  const initial = initialState();
  const first = openStore(directory, () => undefined);
  const save = (...checks: ReturnType<typeof check>[]): void => {
    const byName = Object.fromEntries(checks.map((one) => [one.policy.name, one]));
    const node = { ...initial.node, bootId: 'b00t', lastStepAtMs: 1 };
    first.save({ ...initial, node, backups: { byName, wakeAtMs: 7 } }, 1, []);
  };
  save();
  save(
    check('a', { '': item('stale') }),
    check('constructor', { '': item('stale') }),
    check('b', { '': item('failed') }),
    check('c', { '': item('fresh') }),
  );
  save(
    check('a', { '': item('stale'), more: item('fresh') }),
    check('c', { '': item('fresh') }),
    check('d', { x: item('unknown', 8), y: item('waiting') }),
  );
  first.close();
  const next = openStore(directory, () => undefined);
  t.teardown(() => next.close());
  const { backups } = next.load().state as State;
  t.same(backups.wakeAtMs, null);
  t.same(
    Object.entries(backups.byName).map(([name, { items }]) => [name, items]),
    [
      ['a', { '': item('stale') }],
      ['d', { x: item('unknown', 8) }],
    ],
  );
});

const turned = (from: Freshness, to: Freshness, of = 'schedule/daily'): Transition => ({
  type: 'freshness.changed',
  check: 'cluster',
  item: of,
  from,
  to,
  reason: `freshness.${to}`,
  detail: '',
});

const snapshot = (reason: BackupReason, file: string | null): Transition => ({
  type: 'backup.changed',
  file,
  reason,
  detail: '',
});

const everything = { component: null, sinceWallMs: 0, id: null };

t.test(
  'a backup that is not fresh is an incident from then until it is, whatever it turns into meanwhile',
  async (t) => {
    const { store } = openIn(t, t.testdir());
    store.save(stateNumber(1), 1_000, [turned('waiting', 'fresh'), turned('waiting', 'fresh', '')]);
    t.same(store.incidents(everything), []);
    store.save(stateNumber(2), 2_000, [turned('fresh', 'partial')]);
    store.save(stateNumber(3), 3_000, [turned('partial', 'stale')]);
    t.match(store.incidents(everything), [
      {
        component: 'backup/cluster/schedule/daily',
        cause: 'freshness.partial',
        openedWallMs: 2_000,
        closedWallMs: null,
      },
    ]);
    store.save(stateNumber(4), 9_000, [turned('stale', 'fresh'), turned('fresh', 'failed', '')]);
    const [other, first] = store.incidents(everything);
    t.match(first, { closedWallMs: 9_000, recovered: true, durationMs: 7_000, evidence: [] });
    t.same(
      first?.transitions.map(({ wallMs, transition }) => [
        wallMs,
        transition.type === 'freshness.changed' && transition.to,
      ]),
      [
        [2_000, 'partial'],
        [3_000, 'stale'],
        [9_000, 'fresh'],
      ],
    );
    t.match(other, { component: 'backup/cluster', cause: 'freshness.failed', closedWallMs: null });
    t.not(other?.id, first?.id);
    store.save(stateNumber(5), 10_000, [turned('failed', 'gone', '')]);
    t.match(store.incidents({ ...everything, component: 'backup/cluster' }), [{ recovered: false, durationMs: 1_000 }]);
  },
);

t.test(
  'a snapshot of etcd that cannot be taken, and one that does not restore, are incidents of their own',
  async (t) => {
    const { store } = openIn(t, t.testdir());
    store.save(stateNumber(1), 1_000, [snapshot('backup.taken', 'a'), snapshot('backup.busy', null)]);
    t.same(store.incidents(everything), []);
    store.save(stateNumber(2), 2_000, [snapshot('backup.no-room', null), snapshot('backup.unproven', 'a')]);
    store.save(stateNumber(3), 3_000, [snapshot('backup.failed', null)]);
    store.save(stateNumber(4), 4_000, [snapshot('backup.taken', 'b')]);
    t.match(store.incidents({ ...everything, component: 'etcd/snapshot' }), [
      {
        cause: 'backup.no-room',
        openedWallMs: 2_000,
        closedWallMs: 4_000,
        recovered: true,
        transitions: { length: 3 },
      },
    ]);
    store.save(stateNumber(5), 5_000, [snapshot('backup.proven', 'b')]);
    t.match(store.incidents({ ...everything, component: 'etcd/proof' }), [
      { cause: 'backup.unproven', closedWallMs: 5_000, transitions: { length: 2 } },
    ]);
  },
);

t.test('the next agent goes on with an incident that is open', async (t) => {
  const directory = t.testdir();
  const first = openStore(directory, () => undefined);
  first.save(stateNumber(1), 1_000, [turned('fresh', 'stale')]);
  first.close();
  const { store } = openIn(t, directory);
  store.save(stateNumber(2), 5_000, [turned('stale', 'fresh')]);
  t.match(store.incidents(everything), [{ openedWallMs: 1_000, closedWallMs: 5_000, durationMs: 4_000 }]);
});

t.test('that a backup is old is no outage of the node', async (t) => {
  const { store } = openIn(t, t.testdir());
  store.save(stateNumber(1), 1_000, [turned('fresh', 'stale')]);
  t.same(store.period(0, 5_000).incidents, []);
});
