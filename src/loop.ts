/**
 * One queue, one timer. Takes an event, lets the core step, saves, publishes, performs the actions and takes their results back as
 * events. INVARIANTS: the core is never called while it is running; an action that changes the node leaves only after the state
 * that names it was handed to the disk (S1); a performer's failure becomes an event and never stops the loop.
 */
import type { Action } from './core/action.ts';
import type { Event } from './core/event.ts';
import type { State } from './core/state.ts';
import { type Step, step } from './core/step.ts';
import type { Clock, Emit } from './ports.ts';

export interface Turned {
  readonly event: Event;
  readonly step: Step;
  readonly nowMs: number;
}

export interface LoopParts {
  readonly clock: Clock;
  readonly initial: State;
  /** Called after every step, before its actions are performed. */
  readonly publish: (turned: Turned) => void;
  /** Performs one action and brings its result back through `emit`. Must not throw. */
  readonly perform: (action: Action, state: State, emit: Emit) => void;
}

export interface Loop {
  readonly emit: Emit;
  state(): State;
  /** The timer's callback. */
  wake(): void;
  /** Monotonic time of the last finished turn: what the watchdog and /livez go by. */
  lastTurnAtMs(): number;
  /** Takes no more events. */
  stop(): void;
}

export function createLoop({ clock, initial, publish, perform }: LoopParts): Loop {
  let state = initial;
  let lastTurnAtMs = clock.nowMs();
  let turning = false;
  let stopped = false;
  const queue: Event[] = [];

  function turn(event: Event): void {
    const nowMs = clock.nowMs();
    const result = step(state, event, nowMs);
    state = result.state;
    clock.wakeAt(result.wakeAtMs);
    publish({ event, step: result, nowMs });
    for (const action of result.actions) perform(action, state, emit);
    lastTurnAtMs = clock.nowMs();
  }

  function emit(event: Event): void {
    if (stopped) return;
    queue.push(event);
    if (turning) return;
    turning = true;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) turn(next);
    } finally {
      turning = false;
    }
  }

  return {
    emit,
    state: () => state,
    wake: () => emit({ type: 'tick' }),
    lastTurnAtMs: () => lastTurnAtMs,
    stop: () => {
      stopped = true;
      clock.wakeAt(null);
    },
  };
}
