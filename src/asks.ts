/** What operators ask for through the control socket: checked against the state, turned into events, answered in one sentence. */

import { reasons } from './core/reason.ts';
import type { State } from './core/state.ts';
import type { Phase } from './core/transition.ts';
import type { Emit } from './ports.ts';
import type { Answer, Ask } from './serve/view.ts';

const handsOff: ReadonlySet<Phase> = new Set(['stopped', 'masked', 'absent', 'paused', 'unknown']);

const no = (message: string): Answer => ({ ok: false, message });
const yes = (message: string): Answer => ({ ok: true, message });

function restart(state: State, name: string, emit: Emit): Answer {
  const component = state.components[name];
  if (component === undefined) return no(`there is no component ${name}`);
  if (state.node.bus !== 'connected')
    return no(`cannot restart ${name}: the system bus is not connected; try again when nodemend status says it is`);
  if (state.node.shuttingDown) return no(`cannot restart ${name}: the node is shutting down`);
  if (component.deed !== null)
    return no(`cannot restart ${name}: ${component.deed.remedy} is already under way, see nodemend status ${name}`);
  if (handsOff.has(component.phase)) {
    return no(`cannot restart ${name}: it is ${component.phase} (${reasons[component.reason].meaning})`);
  }
  emit({ type: 'restart.asked', component: name });
  return yes(`${name} is being restarted; nodemend status ${name} shows how it goes`);
}

export function createAsks(parts: {
  readonly state: () => State;
  readonly emit: Emit;
  readonly reload: () => Promise<Answer>;
  readonly testAlert: (target: string | null) => Promise<Answer>;
}): (ask: Ask) => Promise<Answer> {
  const { state, emit, reload, testAlert } = parts;
  return async (ask) => {
    const name = 'component' in ask ? ask.component : null;
    if (name !== null && state().components[name] === undefined) return no(`there is no component ${name}`);
    const whom = name ?? 'the node';
    if (ask.type === 'reload') return reload();
    if (ask.type === 'alert-test') return testAlert(ask.target);
    if (ask.type === 'restart') return restart(state(), ask.component, emit);
    if (ask.type === 'pause') {
      emit({ type: 'pause.asked', component: name, forMs: ask.forMs, text: ask.text });
      return yes(`${whom} is paused for ${Math.round(ask.forMs / 1_000)} s`);
    }
    const paused = name === null ? state().node.pause : (state().components[name]?.pause ?? null);
    if (paused === null) return no(`${whom} is not paused`);
    emit({ type: 'resume.asked', component: name });
    return yes(`${whom} is supervised again`);
  };
}
