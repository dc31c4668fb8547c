import t from 'tap';
import { isLastingChange, lastsAlike } from '../../src/core/mend/lasting.ts';
import { type Component, type Deed, initialComponent } from '../../src/core/mend/state.ts';
import { initialState, type State } from '../../src/core/state.ts';
import { runningUnit } from '../config/stage.ts';
import { policy } from './world.ts';

const component: Component = { ...initialComponent(policy('containerd'), 1), unit: runningUnit('containerd.service') };

/** Every field of a component: whether the next agent would go by it. One that is new has to be entered here. */
const fields: Readonly<Record<keyof Component, boolean>> = {
  policy: true,
  phase: true,
  reason: true,
  detail: false,
  sinceMs: false,
  unit: false,
  seen: false,
  job: false,
  ending: true,
  freshFromMs: false,
  probes: false,
  incident: true,
  deed: false,
  spent: true,
  notBeforeMs: true,
  deferred: false,
  pause: true,
  asked: true,
  restarts: true,
  nRestarts: true,
  wakeAtMs: false,
};

t.test('what the next agent would go by is told apart from what it learns anew', async (t) => {
  t.same(Object.keys(component).sort(), Object.keys(fields).sort(), 'every field is classed');
  for (const [field, lasts] of Object.entries(fields)) {
    const changed = { ...component, [field]: field === 'unit' ? { ...component.unit } : Symbol(field) } as Component;
    if (field === 'deed') continue;
    t.equal(lastsAlike(component, changed), !lasts, field);
  }
});

t.test('of a unit it goes by the run, of a deed by what was done', async (t) => {
  const unit = runningUnit('containerd.service', { invocationId: 'beef' });
  t.notOk(lastsAlike(component, { ...component, unit }));
  t.ok(lastsAlike(component, { ...component, unit: runningUnit('containerd.service', { mainPid: 9 }) }));
  const deed = (stage: Deed['stage'], id = 'a-1') => ({ ...component, deed: { id, stage } as Deed });
  t.ok(lastsAlike(component, deed('preparing')), 'what is only prepared is dropped at the next start');
  t.notOk(lastsAlike(component, deed('acting')));
  t.notOk(lastsAlike(deed('acting'), deed('verifying')));
  t.notOk(lastsAlike(deed('verifying'), deed('verifying', 'a-2')));
});

t.test('a state changes lastingly with its node, its components and their number', async (t) => {
  const state: State = { ...initialState(), components: { containerd: component } };
  const node = (changes: Partial<State['node']>): State => ({ ...state, node: { ...state.node, ...changes } });
  t.notOk(isLastingChange(state, state));
  t.notOk(isLastingChange(state, node({ lastStepAtMs: 9, wakeAtMs: 9, sampleDueAtMs: 9, seed: 9, bus: 'lost' })));
  t.ok(isLastingChange(state, node({ bootId: 'other' })));
  t.ok(isLastingChange(state, node({ pause: { untilMs: 9, text: '' } })));
  t.ok(isLastingChange(state, node({ forgetfulUntilMs: 9 })));
  t.ok(isLastingChange(state, node({ reboots: [] })));
  t.ok(isLastingChange(state, node({ ready: { ...state.node.ready, ready: true } })));
  const spent = { ...component, spent: [{ atMs: 1, by: 'systemd' as const }] };
  t.ok(isLastingChange(state, { ...state, components: { containerd: spent } }));
  t.ok(isLastingChange(state, { ...state, components: {} }));
  t.ok(isLastingChange(state, { ...state, components: { docker: component } }));
});
