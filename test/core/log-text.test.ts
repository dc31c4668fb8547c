import t from 'tap';
import { initialState } from '../../src/core/state.ts';
import { step } from '../../src/core/step.ts';
import { createWorld, policy } from './world.ts';

t.test('S14: the words of a look change nothing of what is done', async (t) => {
  const world = createWorld([policy('containerd')]);
  world.advance(60_000);
  world.unit('containerd').freeze();
  world.advance(120_000);
  t.ok(world.remedial().length > 0);

  const decisions = (words: string): unknown[] => {
    let state = initialState();
    return world.turns().map(({ event, nowMs }) => {
      const told =
        event.type === 'probe.observed' ? { ...event, observation: { ...event.observation, detail: words } } : event;
      const { actions, state: after, wakeAtMs } = step(state, told, nowMs);
      state = after;
      return { actions, wakeAtMs };
    });
  };
  t.same(decisions('fatal error: all goroutines are asleep - deadlock! kill -9 reboot oom panic'), decisions(''));
});

t.test('S14: no event carries log text, and how long looks usually take is nowhere kept', async (t) => {
  const world = createWorld([policy('containerd')]);
  world.advance(600_000);
  const longest = Math.max(...Object.values(world.component('containerd').probes).map(({ window }) => window.length));
  t.equal(longest, 5, 'the window of the hang rule and no more');
});
