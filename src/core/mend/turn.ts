/**
 * One step in the making: the state as far as it is decided, and what came of it. A turn lives only inside one call of
 * `step`; the state handed in is never changed, and what is handed out is new.
 */
import type { Action } from '../action.ts';
import { nextRandom } from '../random.ts';
import type { Transition } from '../transition.ts';
import type { Component, NodeState, State } from './state.ts';

export interface Turn {
  readonly nowMs: number;
  node: NodeState;
  readonly components: Record<string, Component>;
  readonly actions: Action[];
  readonly transitions: Transition[];
  /** Names of the components that have to be settled before the turn ends. */
  readonly unsettled: Set<string>;
}

export function beginTurn(state: State, nowMs: number): Turn {
  return {
    nowMs,
    node: state.node,
    components: { ...state.components },
    actions: [],
    transitions: [],
    unsettled: new Set(),
  };
}

export function tell(turn: Turn, transition: Transition): void {
  turn.transitions.push(transition);
}

export function put(turn: Turn, component: Component): void {
  turn.components[component.policy.name] = component;
  turn.unsettled.add(component.policy.name);
}

export function unsettleAll(turn: Turn): void {
  for (const name of Object.keys(turn.components)) turn.unsettled.add(name);
}

export function draw(turn: Turn): number {
  const { value, seed } = nextRandom(turn.node.seed);
  turn.node = { ...turn.node, seed };
  return value;
}

/** `value` spread evenly by plus or minus `share` of itself. */
export function jittered(turn: Turn, value: number, share: number): number {
  return value * (1 + share * (2 * draw(turn) - 1));
}

/** An id that is never given twice, not even after a reboot or a lost store: boot, start of the agent and serial number. */
export function newId(turn: Turn, prefix: string): string {
  const serial = turn.node.serial + 1;
  turn.node = { ...turn.node, serial };
  return `${prefix}-${turn.node.bootId.slice(0, 8)}-${turn.node.run}-${serial}`;
}
