import t from 'tap';
import type { Action, Remedial } from '../src/core/action.ts';
import type { Event } from '../src/core/event.ts';
import { initialState } from '../src/core/state.ts';
import { createPerform } from '../src/perform.ts';
import { createRecorder, settled } from './recorder.ts';

const base = {
  id: 'action-1',
  component: 'containerd',
  unit: 'containerd.service',
  reason: 'restart.down',
  timeoutMs: 1_000,
} as const;

async function performAll(recorder: ReturnType<typeof createRecorder>, ...actions: Action[]): Promise<Event[]> {
  const events: Event[] = [];
  const perform = createPerform(recorder.parts);
  for (const action of actions) perform(action, initialState(), (event) => events.push(event));
  await settled();
  return events;
}

const remedies: readonly (readonly [Remedial, string])[] = [
  [{ ...base, type: 'unit.start', resetFailed: true }, 'start containerd.service reset'],
  [{ ...base, type: 'unit.restart', resetFailed: false, sockets: [] }, 'restart containerd.service'],
  [{ ...base, type: 'unit.kill' }, 'kill containerd.service'],
  [{ ...base, type: 'command.run', argv: ['/bin/true', '-x'] }, 'run /bin/true -x'],
  [{ ...base, type: 'node.reboot' }, 'reboot'],
];

for (const [action, asked] of remedies) {
  t.test(`${action.type}: the disk has the intent before anything is done, and the result comes back`, async (t) => {
    const recorder = createRecorder();
    const events = await performAll(recorder, action);
    t.same(recorder.asked, ['sync', 'synced', asked]);
    t.same(events, [
      { type: 'action.finished', id: 'action-1', result: { ok: true, reason: 'action.done', detail: '' } },
    ]);
  });
}

t.test('with a disk that takes nothing restarts go on, and the node is not rebooted', async (t) => {
  for (const [action, asked] of remedies) {
    const recorder = createRecorder({}, false);
    const events = await performAll(recorder, action);
    const refused = action.type === 'node.reboot';
    t.same(recorder.asked, refused ? ['sync', 'synced'] : ['sync', 'synced', asked], action.type);
    t.match(events, [{ type: 'action.finished', result: { ok: !refused } }]);
    if (refused) t.match(events, [{ result: { reason: 'reboot.not-writable' } }]);
  }
});

t.test('a remedy that fails is told as an event', async (t) => {
  const recorder = createRecorder();
  const restart = () => Promise.reject(new Error('the bus went mad'));
  const broken = { ...recorder, parts: { ...recorder.parts, bus: { ...recorder.parts.bus, restart } } };
  const events = await performAll(broken, { ...base, type: 'unit.restart', resetFailed: false, sockets: [] });
  t.same(events, [
    {
      type: 'action.finished',
      id: 'action-1',
      result: { ok: false, reason: 'action.failed', detail: 'Error: the bus went mad' },
    },
  ]);
});

t.test('a look comes back as an observation of its probe, in the lane of its component', async (t) => {
  const recorder = createRecorder();
  const look: Action = {
    type: 'probe.look',
    component: 'containerd',
    unit: 'containerd.service',
    probe: 'version',
    target: { kind: 'unit' },
    timeoutMs: 1_000,
  };
  t.match(await performAll(recorder, look), [
    { type: 'probe.observed', component: 'containerd', probe: 'version', observation: { verdict: 'healthy' } },
  ]);
  t.same(recorder.asked, ['look containerd/version']);
});

const capture: Action = {
  type: 'evidence.capture',
  id: 'action-1',
  component: 'containerd',
  unit: 'containerd.service',
  incident: 'incident-1',
  dump: false,
};

t.test('evidence is noted with its incident, and the repair is told that it is there', async (t) => {
  const recorder = createRecorder();
  t.same(await performAll(recorder, capture), [{ type: 'evidence.captured', id: 'action-1' }]);
  t.same(recorder.asked, ['evidence action-1', 'note incident-1 action-1.json']);
});

t.test('evidence that cannot be had keeps no repair waiting', async (t) => {
  const refuse = () => Promise.reject(new Error('no'));
  const recorder = createRecorder({ evidence: { capture: refuse }, host: { bootId: () => '', sample: refuse } });
  t.same(await performAll(recorder, capture, { type: 'host.sample' }), [{ type: 'evidence.captured', id: 'action-1' }]);
  t.same(recorder.asked, []);
});
