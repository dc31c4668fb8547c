/**
 * The whole core as one function: the same state, event and time give the same result. No clock, no I/O, no randomness but the seed in
 * the state. The caller performs the actions, brings their results back as events, and calls again at `wakeAtMs`.
 */
import type { Action } from './action.ts';
import type { Event } from './event.ts';
import type { State } from './mend/state.ts';
import { stepMend } from './mend/step.ts';
import type { Transition } from './transition.ts';

export interface Step {
  readonly state: State;
  readonly actions: readonly Action[];
  readonly transitions: readonly Transition[];
  readonly wakeAtMs: number | null;
}

export function step(state: State, event: Event, nowMs: number): Step {
  const { node, components, actions, transitions, wakeAtMs } = stepMend(state, event, nowMs);
  return { state: { version: state.version, node, components }, actions, transitions, wakeAtMs };
}
