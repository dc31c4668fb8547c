import t from 'tap';
import type { Event } from '../src/core/event.ts';
import { initialState, type State } from '../src/core/state.ts';
import type { Transition } from '../src/core/transition.ts';
import { createPublish } from '../src/publish.ts';

const told: Transition = { type: 'node.changed', reason: 'node.pressure', detail: '0.50' };
const sampled: Event = {
  type: 'host.sampled',
  sample: { pressure: 0, loopLagMs: 0, packageManager: null, suspendedMs: 0 },
};

function createDesk() {
  const saves: number[] = [];
  let state = initialState();
  let atMs = 0;
  let behind = false;
  const publish = createPublish({
    log: { info: () => {}, warn: () => {}, error: () => {} },
    metrics: { observe: () => {}, observeProbe: () => {} },
    store: {
      save: () => void saves.push(atMs),
      isBehind: () => behind,
    },
    notify: { watchdog: async () => {}, watchdogEveryMs: null },
    wallMs: () => 0,
  });
  return {
    saves,
    refuse: (refused: boolean) => {
      behind = refused;
    },
    change: (changes: Partial<State['node']>) => {
      state = { ...state, node: { ...state.node, ...changes } };
    },
    turn: (nowMs: number, event: Event, ...transitions: Transition[]) => {
      atMs = nowMs;
      publish.turned({ event, nowMs, step: { state, actions: [], transitions, wakeAtMs: null } });
    },
  };
}

t.test('what is told is saved at once, and a turn without news is not', async (t) => {
  const { turn, saves } = createDesk();
  turn(1_000_000, { type: 'tick' }, told);
  turn(1_000_001, { type: 'tick' });
  turn(1_005_000, sampled);
  t.same(saves, [1_000_000]);
});

t.test('a disk that refused is asked again with every sample until it takes the state', async (t) => {
  const { turn, saves, refuse } = createDesk();
  refuse(true);
  turn(1_000_000, { type: 'tick' }, told);
  turn(1_002_000, { type: 'tick' });
  turn(1_005_000, sampled);
  turn(1_010_000, sampled);
  refuse(false);
  turn(1_015_000, sampled);
  t.same(saves, [1_000_000, 1_005_000, 1_010_000]);
});

t.test('a disk that was left alone for a minute is tried', async (t) => {
  const { turn, saves } = createDesk();
  turn(1_000_000, { type: 'tick' }, told);
  turn(1_055_000, sampled);
  turn(1_060_000, sampled);
  turn(1_065_000, sampled);
  t.same(saves, [1_000_000, 1_060_000]);
});

t.test('what the next agent would go by is saved although nothing is told of it', async (t) => {
  const { turn, saves, change } = createDesk();
  turn(1_000_000, { type: 'tick' });
  change({ pause: { untilMs: 2_000_000, text: 'upgrade' } });
  turn(1_000_001, { type: 'tick' });
  change({ sampleDueAtMs: 1 });
  turn(1_000_002, { type: 'tick' });
  t.same(saves, [1_000_000, 1_000_001]);
});
