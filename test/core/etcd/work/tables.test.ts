/** What no plan does and why it says so, and what plans do: the rows of tables.ts. */
import t from 'tap';
import { nextOf } from '../../../../src/core/etcd/work/next.ts';
import { planOf } from '../../../../src/core/etcd/work/plan.ts';
import { away, member, nowWallMs, status } from '../stage.ts';
import { create, expected, goes, here, refused, restore, scene, three } from './tables.ts';

t.test('what is refused, and why', async (t) => {
  for (const [name, seen, wish, why] of refused) {
    const { steps, end } = planOf(seen, wish);
    t.match({ steps, end }, { steps: [], end: { is: 'refused', why } }, name);
  }
});

t.test('what is done, in which order', async (t) => {
  for (const [name, seen, wish, order] of goes)
    t.same(
      planOf(seen, wish).steps.map(({ step }) => step.do),
      order,
      name,
    );
  const old = scene([member(1), away(2), away(3)], here(1, { data: expected, process: 'running' }));
  t.match(
    planOf(old, restore).end,
    { is: 'elsewhere', what: [/^m2: /, /^m3: /] },
    'what is left of the old cluster does not count',
  );
  const stale = { ...scene(three, here(2)), snapshotWallMs: nowWallMs - 3_700_000 };
  t.equal(planOf(stale, { command: 'remove', memberId: '3' }).steps[0]?.step.do, 'snapshot', 'an old snapshot is none');
});

t.test('a log that is being made is not taken for old data', async (t) => {
  const unknown = { clusterId: '0', memberId: '0' };
  const initialCluster = [1, 2, 3, 4].map((id) => `m${id}=https://10.0.0.${id}:2380`).join(',');
  const own = member(4, { learner: true, name: '', status: null, endpoint: null });
  const starting = scene([...three, own], here(4, { data: unknown, process: 'starting', initialCluster }));
  t.match(nextOf(starting, { command: 'add', replacing: null }), { is: 'wait', what: 'm4 to answer' });
  const ended = scene([...three, own], here(4, { data: unknown, process: 'failed', initialCluster }));
  t.match(nextOf(ended, { command: 'add', replacing: null }), { step: { do: 'set-aside' } }, 'but damaged data is');
  const creating = scene([], here(1, { data: unknown, process: 'starting' }), { clusterId: null });
  t.match(nextOf(creating, create), { is: 'wait' });
});

t.test('a plan goes on beyond an election', async (t) => {
  const orphan = (id: number) => member(id, { status: { ...status, leaderId: '3' } });
  const seen = scene([orphan(1), orphan(2), away(3)], here(3, { data: null, process: 'failed' }));
  const { steps, end } = planOf(seen, { command: 'replace', replacing: '3' });
  t.match({ last: steps.at(-1)?.step.do, end }, { last: 'promote', end: { is: 'done', what: 'm3 votes and answers' } });
});

t.test('a member that has not counted yet what it has freed is defragmented all the same', async (t) => {
  const full = (id: number, dbBytesInUse: number) => {
    const one = member(id, { status: { ...status, dbBytes: 2_100_000_000, dbBytesInUse, errors: ['alarm:NOSPACE '] } });
    return {
      ...one,
      figures: { fsync: [], commit: [], leaderChanges: 1, quotaBytes: 2_147_483_648, compactRevision: 1_000 },
    };
  };
  const seen = scene([full(1, 50_000_000), full(2, 2_090_000_000), full(3, 50_000_000)], null);
  const order = planOf(seen, { command: 'disarm' }).steps.map(({ step }) =>
    'name' in step ? `${step.do} ${step.name}` : step.do,
  );
  t.same(order, ['defragment m2', 'defragment m3', 'move-leader m2', 'defragment m1', 'disarm']);
  const keys = scene([full(1, 2_050_000_000), full(2, 2_090_000_000), full(3, 2_050_000_000)], null);
  t.match(planOf(keys, { command: 'disarm' }).end, { is: 'refused', why: /as full as before without its history/ });
});
