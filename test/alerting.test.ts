/** Alerting beside the loop: what waits is on the disk before it is sent, survives the agent, and holds nothing up. */
import { setImmediate } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type Alerting, createAlerting } from '../src/alerting.ts';
import type { AlertSettings } from '../src/config/alerts.ts';
import { resolveAlerts } from '../src/config/alerts.ts';
import type { SendResult } from '../src/core/alert/event.ts';
import { initialState, type State } from '../src/core/mend/state.ts';
import type { AlertMessage } from '../src/ports.ts';
import type { Told } from '../src/serve/view.ts';
import type { ClosableStore } from '../src/store/keeper.ts';
import { openStore } from '../src/store/store.ts';
import { configOf } from './config/stage.ts';
import { exhausted, opened } from './core/alert/stage.ts';
import { eventually } from './serve/raw.ts';
import { stateNumber } from './store/stage.ts';

const taken: SendResult = { ok: true, final: false, detail: '' };
const refused: SendResult = { ok: false, final: false, detail: 'ECONNREFUSED' };

const targets = (wait = '0s'): AlertSettings[] =>
  resolveAlerts(
    configOf(
      `alerts: { oncall: { webhook: { urlFrom: /secret/hook }, wait: ${wait} }, mail: { command: [/bin/x], wait: ${wait} } }`,
    ),
  );

interface Stage {
  readonly alerting: Alerting;
  readonly sent: { readonly kind: string; readonly message: AlertMessage }[];
  readonly lines: unknown[];
  readonly counts: string[];
  answer(result: SendResult | Promise<SendResult>): void;
}

function start(store: ClosableStore, settings = targets(), state: State = initialState()): Stage {
  const sent: Stage['sent'] = [];
  const lines: unknown[] = [];
  const counts: string[] = [];
  let result: SendResult | Promise<SendResult> = taken;
  const log = (line: unknown): void => void lines.push(line);
  const alerting = createAlerting({
    clock: { nowMs: () => performance.now(), wallMs: () => Date.now() },
    store,
    send: async ({ kind }, message) => {
      sent.push({ kind, message });
      return result;
    },
    log: { info: log, warn: log, error: log },
    state: () => state,
    node: () => 'worker-1',
    count: (target, what) => void counts.push(`${target} ${what}`),
  });
  alerting.begin('b00t', settings, () => false);
  return {
    alerting,
    sent,
    lines,
    counts,
    answer: (next) => {
      result = next;
    },
  };
}

function storeIn(t: Test, directory: string): ClosableStore {
  const store = openStore(directory, () => undefined);
  store.save(stateNumber(1), 1, []);
  t.teardown(() => store.close());
  return store;
}

const told = (transition: Told['transition']): Told => ({ wallMs: Date.now(), transition });

/** With the component in the state, so that a look at how things stand does not end the alert. */
function troubled(): State {
  const state = stateNumber(1, ['kubelet']);
  const { kubelet } = state.components;
  if (kubelet === undefined) throw new Error('no kubelet');
  return { ...state, components: { kubelet: { ...kubelet, phase: 'exhausted' } } };
}

t.test('what is told goes to every target, counted', async (t) => {
  const { alerting, sent, counts, lines } = start(storeIn(t, t.testdir()));
  t.teardown(() => alerting.stop());
  alerting.told(told(exhausted('kubelet')));
  t.same(sent, [], 'nothing happens within the turn of the loop that tells it');
  await eventually(() => counts.length === 2);
  t.same(
    sent.map(({ kind, message }) => [kind, message.node, message.notice.alerts.map(({ key }) => key)]),
    [
      ['webhook', 'worker-1', ['exhausted:kubelet']],
      ['command', 'worker-1', ['exhausted:kubelet']],
    ],
  );
  t.same(counts, ['oncall sent', 'mail sent']);
  t.same(lines, [], 'a message that arrives is no news for the log');
});

t.test('what could not be sent is sent by the next agent', async (t) => {
  const directory = t.testdir();
  const store = storeIn(t, directory);
  const first = start(store, targets(), troubled());
  first.answer(refused);
  first.alerting.told(told(exhausted('kubelet')));
  await eventually(() => first.counts.length === 2);
  t.match(first.alerting.view(), [
    { name: 'oncall', waiting: 1, failures: 1, lost: 0, detail: 'ECONNREFUSED' },
    { name: 'mail', waiting: 1, failures: 1 },
  ]);
  t.match(first.lines, [
    { target: 'oncall', reason: 'alert.failing', detail: 'ECONNREFUSED' },
    { target: 'mail', reason: 'alert.failing' },
  ]);
  first.alerting.stop();
  store.close();
  const later = openStore(directory, () => undefined);
  t.teardown(() => later.close());
  t.equal((later.load().state as State).node.serial, 1, 'the state beside it is whole');
  const second = start(later, targets(), troubled());
  t.teardown(() => second.alerting.stop());
  t.same(
    second.alerting.view().map(({ waiting }) => waiting),
    [1, 1],
  );
});

t.test('it is on the disk before it is sent', async (t) => {
  const kept: unknown[] = [];
  const order: string[] = [];
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const alerting = createAlerting({
    clock: { nowMs: () => 1, wallMs: () => 1 },
    store: {
      keep: (_name, value) => {
        kept.push(value);
        order.push('kept');
      },
      kept: () => null,
      durable: () => promise,
    },
    send: async () => {
      order.push('sent');
      return taken;
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    state: initialState,
    node: () => 'worker-1',
    count: () => void order.push('counted'),
  });
  t.teardown(() => alerting.stop());
  alerting.begin('b00t', targets().slice(1), () => false);
  order.length = 0;
  alerting.told(told(opened('kubelet')));
  await eventually(() => order.includes('kept'));
  await setImmediate();
  t.same(order, ['kept'], 'not before the disk has it');
  t.match(JSON.stringify(kept.at(-1)), '"queue":[{');
  resolve(false);
  await eventually(() => order.includes('counted'));
  t.same(order.slice(0, 3), ['kept', 'sent', 'counted'], 'and without a disk all the same');
});

t.test('a target that hangs holds up no other', async (t) => {
  const stage = start(storeIn(t, t.testdir()));
  t.teardown(() => stage.alerting.stop());
  const { promise } = Promise.withResolvers<SendResult>();
  stage.answer(promise);
  stage.alerting.told(told(opened('kubelet')));
  await eventually(() => stage.sent.length === 2);
  stage.alerting.told(told(opened('containerd')));
  await setImmediate();
  await setImmediate();
  t.equal(stage.sent.length, 2, 'one message at a time');
  t.match(stage.alerting.view(), [{ name: 'oncall', waiting: 2 }]);
});

t.test('what was kept and cannot be read is begun anew', async (t) => {
  const directory = t.testdir();
  const store = storeIn(t, directory);
  store.keep('alerts', { version: 99, targets: 'nonsense' });
  store.close();
  const again = openStore(directory, () => undefined);
  t.teardown(() => again.close());
  const stage = start(again);
  t.teardown(() => stage.alerting.stop());
  stage.alerting.told(told(opened('kubelet')));
  await eventually(() => stage.counts.length === 2);
  t.pass('and goes on');
});

t.test('what the disk does not take is kept with the next save that it takes', async (t) => {
  const directory = t.testdir();
  const store = openStore(directory, () => undefined);
  store.keep('alerts', { version: 1, serial: 7 });
  store.save(stateNumber(3), 1, []);
  store.close();
  const again = openStore(directory, () => undefined);
  t.teardown(() => again.close());
  t.match(again.kept('alerts'), { serial: 7 });
  t.equal(again.kept('nothing'), null);
  again.save(stateNumber(4), 2, []);
  again.close();
  const third = openStore(directory, () => undefined);
  t.teardown(() => third.close());
  t.match(third.kept('alerts'), { serial: 7 }, 'a save of the state leaves it alone');
});

t.test('a test message goes to one target or to all, and what came of it is told', async (t) => {
  const stage = start(storeIn(t, t.testdir()));
  t.teardown(() => stage.alerting.stop());
  t.same(await stage.alerting.test(null), { ok: true, message: 'a test message was sent to oncall, mail' });
  t.same(await stage.alerting.test('mail'), { ok: true, message: 'a test message was sent to mail' });
  t.match(
    stage.sent.map(({ kind, message: { test } }) => [kind, test]),
    [
      ['webhook', true],
      ['command', true],
      ['command', true],
    ],
  );
  stage.answer(refused);
  t.same(await stage.alerting.test('oncall'), {
    ok: false,
    message: 'not every target took the test message: oncall: ECONNREFUSED',
  });
  t.equal(stage.alerting.view()[0]?.waiting, 0, 'it is not kept');
  stage.alerting.configure([], () => false);
  t.same(await stage.alerting.test(null), { ok: false, message: 'there is no target: write one under alerts' });
});

t.test('what has arrived is remembered for reports, over the end of the agent', async (t) => {
  const directory = t.testdir();
  const store = openStore(directory, () => undefined);
  store.save(stateNumber(1), 1, []);
  const { alerting, answer, counts } = start(store);
  alerting.told({ wallMs: 1, transition: opened('kubelet') });
  await eventually(() => counts.length === 2);
  const known = alerting.sent(0);
  t.match(
    known.toSorted((one, other) => (one.target < other.target ? -1 : 1)),
    [
      { target: 'mail', reason: 'unit.crashed', component: 'kubelet', ended: false },
      { target: 'oncall', reason: 'unit.crashed', component: 'kubelet', ended: false },
    ],
  );
  t.same(alerting.sent(Date.now() + 60_000), [], 'from then on');
  answer(refused);
  alerting.told({ wallMs: 2, transition: exhausted('kubelet') });
  await eventually(() => counts.includes('oncall failed'));
  t.same(alerting.sent(0), known, 'what did not arrive is not among it');
  alerting.stop();
  store.close();
  t.same(start(storeIn(t, directory)).alerting.sent(0).slice(0, 2), known);
});
