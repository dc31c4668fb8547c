import t from 'tap';
import { initialState } from '../../src/core/state.ts';
import { step } from '../../src/core/step.ts';
import { createWorld, policy } from './world.ts';

t.test('the answer of /readyz outlives the agent but not the boot', async (t) => {
  const world = createWorld([policy('containerd')]);
  world.advance(60_000);
  t.match(world.state().node.ready, { ready: true, reason: 'node.ready' });
  world.restartAgent();
  t.match(world.state().node.ready, { ready: true, reason: 'node.ready' });

  world.send({ type: 'shutdown.announced' });
  t.match(world.state().node.ready, { ready: false, reason: 'node.shutting-down' });
  world.forget();
  world.restartAgent('boot-two');
  t.match(world.state().node.ready, { ready: true, reason: 'node.ready' }, 'as soon as all is seen, without a dwell');
  t.notMatch(JSON.stringify(world.transitions()), 'node.shutting-down');
});

t.test(
  'a store that cannot be opened and gave nothing makes forgetful, one that gave its state does not',
  async (t) => {
    const nowMs = 5_000_000;
    const start = { type: 'agent.started', bootId: 'boot-one', seed: 7, store: 'unwritable' } as const;
    const blank = step(initialState(), start, nowMs);
    t.equal(blank.state.node.forgetfulUntilMs, nowMs + 86_400_000);
    const known = step({ ...blank.state, node: { ...blank.state.node, forgetfulUntilMs: 0 } }, start, nowMs + 1_000);
    t.equal(known.state.node.forgetfulUntilMs, 0);
  },
);
