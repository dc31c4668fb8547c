/** Of elections the store keeps what the next agent has to bring to its end, each for itself. */
import t from 'tap';
import { initialElection, initialElections } from '../../src/core/elect/state.ts';
import { initialState, type State } from '../../src/core/state.ts';
import { openStore } from '../../src/store/store.ts';
import { policyOf } from '../core/elect/world.ts';

const standby = (name: string) => initialElection({ ...policyOf('me'), name }, 1);
const leading = (name: string, token: number) => ({
  ...standby(name),
  role: 'leading' as const,
  term: { token, beganAtMs: 1, renewedAtMs: 1 },
});
const resigning = (name: string, token: number) => ({
  ...standby(name),
  role: 'resigning' as const,
  hook: { id: 'hook-1', which: 'lost' as const, token, untilMs: 9 },
});

t.test('a term, and a command for its end, are there at the next start; the rest is not', async (t) => {
  const directory = t.testdir();
  const initial = initialState();
  const first = openStore(directory, () => undefined);
  const save = (...elections: ReturnType<typeof standby>[]): State => {
    const byName = Object.fromEntries(elections.map((one) => [one.policy.name, one]));
    const node = { ...initial.node, bootId: 'b00t', lastStepAtMs: 1 };
    const state = { ...initial, node, elections: { ...initialElections(), byName } };
    first.save(state, 1, []);
    return state;
  };
  save(leading('a', 1), leading('b', 2), leading('c', 3), standby('d'));
  save(standby('a'), resigning('b', 2), standby('d'));
  const { elections } = save(standby('a'), resigning('b', 2), leading('d', 4));
  first.close();
  const next = openStore(directory, () => undefined);
  t.teardown(() => next.close());
  const stored = next.load().state as State;
  const { b, d } = elections.byName;
  t.same(stored.elections.byName, JSON.parse(JSON.stringify({ b, d })));
});
