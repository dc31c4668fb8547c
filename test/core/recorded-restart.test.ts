/** What a real systemd said while it restarted containerd by itself, signal for signal, goes through the adapter's book into the core. */
import t from 'tap';
import { decodeProperties } from '../../src/adapters/systemd/properties.ts';
import { createUnitBook } from '../../src/adapters/systemd/unit-book.ts';
import type { Event } from '../../src/core/event.ts';
import { initialState } from '../../src/core/state.ts';
import { step } from '../../src/core/step.ts';
import type { Transition } from '../../src/core/transition.ts';
import { asRead, changedAsRead, type Dict, recordedSignals } from '../adapters/systemd/recorded.ts';
import { unitDict } from '../adapters/systemd/stage.ts';
import { policy } from './world.ts';

const UNIT = 'containerd.service';

t.test('a restart that systemd made by itself is counted as one, for the crash that it was', async (t) => {
  let state = initialState();
  let nowMs = 2_000_000;
  const told: Transition[] = [];
  const send = (event: Event): void => {
    nowMs += 1;
    const result = step(state, event, nowMs);
    state = result.state;
    told.push(...result.transitions);
  };
  // Without `restart` on its ladder the agent leaves every crash to systemd.
  const leaving = policy('containerd', { unit: UNIT, ladder: [{ remedy: 'kill' }] });
  const ready = { downAfterMs: 1_000, upAfterMs: 5_000, staleAfterMs: 60_000, failOpen: true };
  send({ type: 'agent.started', bootId: 'boot-one', seed: 7, store: 'ok' });
  send({ type: 'config.loaded', policy: { node: 'test', ready, components: [leaving] } });
  send({ type: 'bus.connected' });

  const changes = recordedSignals('kill-containerd').filter(({ member }) => member === 'PropertiesChanged');
  const [firstRun] = changes.flatMap(({ body }) => (body[1] as Dict)['InvocationID'] ?? []);
  if (firstRun === undefined) throw new Error('nothing recorded has an InvocationID');
  const running = decodeProperties(asRead({ ...unitDict(UNIT), InvocationID: firstRun }));
  const book = createUnitBook({
    emit: send,
    read: (_path, done) => done(running),
    onRead: () => {},
    onRenamed: () => {},
  });
  book.watch([UNIT]);
  book.refresh({});
  for (const signal of changes) book.merge(signal.path, changedAsRead(signal));
  const restarts = told.filter((transition) => transition.type === 'component.restarted');
  t.match(restarts, [{ by: 'systemd', reason: 'unit.crashed' }]);
  t.equal(restarts.length, 1);
  t.match(state.components['containerd'], {
    restarts: { nodemend: 0, systemd: 1, other: 0 },
    spent: [{ by: 'systemd' }],
  });
});
