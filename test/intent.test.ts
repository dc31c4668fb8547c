/** S1 over the real loop, core, publisher and performers: what is about to be done is on the disk before it is done. */
import t from 'tap';
import type { Event } from '../src/core/event.ts';
import { initialState } from '../src/core/state.ts';
import { createLoop } from '../src/loop.ts';
import { createPerform } from '../src/perform.ts';
import { createPublish } from '../src/publish.ts';
import { runningUnit } from './config/stage.ts';
import { policy } from './core/world.ts';
import { createRecorder, createTestClock, type Recorder, settled } from './recorder.ts';

const ready = { downAfterMs: 1_000, upAfterMs: 5_000, staleAfterMs: 60_000, failOpen: true };

function startOn(recorder: Recorder) {
  const clock = createTestClock();
  const lines: string[] = [];
  const line = (_fields: object, sentence: string) => void lines.push(sentence);
  const watchdog = async () => void recorder.asked.push('watchdog');
  const publish = createPublish({
    log: { info: line, warn: line, error: line } as never,
    metrics: { observe: () => undefined, observeProbe: () => undefined },
    store: recorder.store,
    notify: { watchdog, watchdogEveryMs: 10_000 },
    wallMs: clock.wallMs,
  });
  const perform = createPerform(recorder.parts);
  const loop = createLoop({ clock, initial: initialState(), publish: publish.turned, perform });
  const send = async (...events: Event[]) => {
    for (const event of events) loop.emit(event);
    await settled();
  };
  return { clock, loop, send, lines, publish };
}

/** A node on which containerd runs, and the unit as it is when it has crashed and systemd will not restart it. */
async function settle(recorder: Recorder) {
  const node = startOn(recorder);
  const unit = runningUnit('containerd.service', { inactiveExitAtMs: 900_000, activeEnterAtMs: 900_000 });
  await node.send(
    { type: 'agent.started', bootId: 'b00t', seed: 1, store: 'fresh' },
    { type: 'config.loaded', policy: { node: 'n1', ready, components: [policy('containerd', { probes: {} })] } },
    { type: 'bus.connected' },
    { type: 'unit.changed', unit },
  );
  recorder.asked.length = 0;
  recorder.saved.length = 0;
  node.lines.length = 0;
  const crashed = {
    ...unit,
    activeState: 'failed',
    subState: 'failed',
    result: 'signal',
    mainPid: 0,
    execMainExitAtMs: 1_000_000,
    activeExitAtMs: 1_000_000,
    settings: { ...unit.settings, restart: 'no' },
  } as const;
  return { ...node, crashed };
}

t.test('the state that names an action is saved and synced before the action leaves', async (t) => {
  const recorder = createRecorder();
  const { send, crashed } = await settle(recorder);
  await send({ type: 'unit.changed', unit: crashed });
  const { asked, saved } = recorder;
  const acted = asked.indexOf('start containerd.service reset');
  t.ok(acted > 0, asked.join(', '));
  const before = asked.slice(0, acted);
  t.equal(before.at(-1), 'synced', 'nothing comes between the disk and the deed');
  t.ok(before.lastIndexOf('save') < before.indexOf('sync'), 'what is synced holds what was saved last');
  const saves = before.filter((what) => what === 'save').length;
  t.match(saved[saves - 1]?.components['containerd'], {
    deed: { stage: 'acting', remedy: 'start' },
    spent: [{ by: 'nodemend' }],
  });
});

t.test('a line for every transition, and none for a look', async (t) => {
  const recorder = createRecorder();
  const { send, crashed, lines, publish } = await settle(recorder);
  const told: string[] = [];
  publish.subscribe(({ transition }) => told.push(transition.type));
  await send({ type: 'unit.changed', unit: crashed });
  t.equal(lines.length, told.length);
  t.ok(lines.length >= 3, lines.join(', '));
  lines.length = 0;
  await send({
    type: 'probe.observed',
    component: 'containerd',
    probe: 'version',
    observation: { verdict: 'healthy', reason: 'probe.ok', detail: '', startedAtMs: 1, durationMs: 1 },
  });
  t.same(lines, []);
});

t.test('systemd hears of finished turns alone, twice as often as it asks for', async (t) => {
  const recorder = createRecorder();
  const { send, clock } = await settle(recorder);
  recorder.asked.length = 0;
  for (const atMs of [1_003_000, 1_004_999, 1_005_000, 1_007_000, 1_010_000]) {
    clock.set(atMs);
    await send({ type: 'tick' });
  }
  t.same(
    recorder.asked.filter((what) => what === 'watchdog'),
    ['watchdog', 'watchdog'],
  );
  clock.set(1_090_000);
  await settled();
  t.equal(recorder.asked.filter((what) => what === 'watchdog').length, 2, 'time alone feeds nothing');
});

t.test('who no longer listens is told no more', async (t) => {
  const { send, crashed, publish } = await settle(createRecorder());
  let count = 0;
  const end = publish.subscribe(() => {
    count += 1;
  });
  end();
  await send({ type: 'unit.changed', unit: crashed });
  t.equal(count, 0);
});
