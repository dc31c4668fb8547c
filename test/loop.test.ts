import t from 'tap';
import type { Action } from '../src/core/action.ts';
import { initialState } from '../src/core/state.ts';
import { createLoop, type LoopParts, type Turned } from '../src/loop.ts';
import { policy } from './core/world.ts';
import { createTestClock } from './recorder.ts';

const loaded = {
  type: 'config.loaded',
  policy: {
    node: 'n1',
    ready: { downAfterMs: 1_000, upAfterMs: 5_000, staleAfterMs: 60_000, failOpen: true },
    components: [policy('containerd')],
  },
} as const;

const sample = { pressure: 0, loopLagMs: 0, suspendedMs: 0, packageManager: null };

function createDesk(changes: Partial<LoopParts> = {}) {
  const clock = createTestClock();
  const turns: Turned[] = [];
  const performed: Action[] = [];
  const loop = createLoop({
    clock,
    initial: initialState(),
    publish: (turned) => void turns.push(turned),
    perform: (action) => void performed.push(action),
    ...changes,
  });
  return { clock, turns, performed, loop, types: () => turns.map(({ event }) => event.type) };
}

t.test('a turn is a step: published with its time, then performed, then the timer is set', async (t) => {
  const { loop, clock, turns, performed } = createDesk();
  loop.emit(loaded);
  t.match(turns, [{ event: loaded, nowMs: 1_000_000, step: { transitions: [{ reason: 'config.loaded' }] } }]);
  t.equal(loop.state(), turns[0]?.step.state);
  t.same(performed, turns[0]?.step.actions);
  t.equal(clock.wish(), turns[0]?.step.wakeAtMs);
});

t.test('what happens while the core is at work waits its turn', async (t) => {
  const order: string[] = [];
  const { loop } = createDesk({
    publish: ({ event }) => void order.push(`turn ${event.type}`),
    perform: (action, _state, emit) => {
      order.push(`perform ${action.type}`);
      if (action.type !== 'host.sample' || order.length > 4) return;
      emit({ type: 'host.sampled', sample });
      emit({ type: 'tick' });
      order.push('performed');
    },
  });
  loop.emit(loaded);
  t.same(order, ['turn config.loaded', 'perform host.sample', 'performed', 'turn host.sampled', 'turn tick']);
});

t.test('the timer makes a turn like any other event', async (t) => {
  const { loop, clock, types } = createDesk();
  loop.emit(loaded);
  clock.set(clock.wish() ?? 0);
  loop.wake();
  t.same(types(), ['config.loaded', 'tick']);
});

t.test('a turn is finished when its actions are under way, not before', async (t) => {
  const clock = createTestClock();
  const seen: number[] = [];
  const { loop } = createDesk({
    clock,
    publish: () => {
      clock.set(1_000_500);
      seen.push(loop.lastTurnAtMs());
    },
    perform: () => {
      clock.set(1_000_700);
      seen.push(loop.lastTurnAtMs());
    },
  });
  loop.emit(loaded);
  t.same(seen, [1_000_000, 1_000_000]);
  t.equal(loop.lastTurnAtMs(), 1_000_700);
});

t.test('after the stop nothing is taken and no timer runs', async (t) => {
  const { loop, clock, types } = createDesk();
  loop.emit(loaded);
  loop.stop();
  loop.emit({ type: 'tick' });
  loop.wake();
  t.same(types(), ['config.loaded']);
  t.equal(clock.wish(), null);
});

t.test('a defect in the core is not hidden, and does not jam the queue', async (t) => {
  const { loop, types } = createDesk();
  const broken = { type: 'config.loaded', policy: null } as unknown as typeof loaded;
  t.throws(() => loop.emit(broken), TypeError);
  loop.emit(loaded);
  t.same(types(), ['config.loaded']);
});
