/**
 * How many restarts a component may still have, and when (S8). systemd's own restarts are counted in; every action makes the
 * next one wait longer, and once the budget is spent one half-open retry per longest back-off is left, for ever.
 */
import type { Component, NodeState, Spending } from './state.ts';
import { jittered, type Turn } from './turn.ts';

/**
 * Actions that starting at once what systemd would start anyway must leave in the budget, for repairs that only we can do.
 * With the default of three actions this makes it the first crash in a window and no other (S11).
 */
const reserve = 2;

/** With forgotten or unwritable state one action per window is allowed: it may be that the others were already made. */
function allowance(component: Component, node: NodeState, nowMs: number): number {
  const { actions } = component.policy.budget;
  return node.store === 'unwritable' || nowMs < node.forgetfulUntilMs ? Math.min(1, actions) : actions;
}

function spentWithin(component: Component, nowMs: number): readonly Spending[] {
  return component.spent.filter((spending) => nowMs < spending.atMs + component.policy.budget.perMs);
}

export function remaining(component: Component, node: NodeState, nowMs: number): number {
  return Math.max(0, allowance(component, node, nowMs) - spentWithin(component, nowMs).length);
}

/** When a spent budget has something left again by the passing of time; null while it has, or never will. */
export function refillsAtMs(component: Component, node: NodeState, nowMs: number): number | null {
  const within = spentWithin(component, nowMs);
  const last = within[within.length - allowance(component, node, nowMs)];
  return last === undefined ? null : last.atMs + component.policy.budget.perMs;
}

/**
 * When a half-open retry may come at the earliest. The last restart may have been within the budget when it was made: an allowance that shrank since,
 * because the state cannot be written any more, makes the wait longer too.
 */
export function halfOpenAtMs({ notBeforeMs, spent, policy }: Component): number {
  const last = spent.at(-1);
  const { maxMs, jitter } = policy.backoff;
  return last === undefined ? notBeforeMs : Math.max(notBeforeMs, last.atMs + maxMs * (1 - jitter));
}

/** How many crashes in a window are started at once under an allowance. */
export function hastenedWithin(allowed: number): number {
  return allowed - Math.min(reserve, Math.max(0, allowed - 1));
}

/** Whether a unit that systemd is going to restart by itself may be started at once instead. */
export function mayHasten(component: Component, node: NodeState, nowMs: number): boolean {
  return spentWithin(component, nowMs).length < hastenedWithin(allowance(component, node, nowMs));
}

/**
 * Counts one restart and sets the time before which the next action must not come. A restart of systemd's own delays nothing until the
 * budget is spent; from then on it stands for the half-open retry.
 */
export function spend(turn: Turn, component: Component, by: Spending['by']): Component {
  const { backoff, budget } = component.policy;
  const spent = [...spentWithin(component, turn.nowMs), { atMs: turn.nowMs, by }].slice(-budget.actions - 1);
  const exhausted = spent.length >= allowance(component, turn.node, turn.nowMs);
  if (by === 'systemd' && !exhausted) return { ...component, spent };
  const delayMs = exhausted
    ? backoff.maxMs
    : Math.min(backoff.maxMs, backoff.firstMs * backoff.factor ** (spent.length - 1));
  return {
    ...component,
    spent,
    notBeforeMs: Math.max(component.notBeforeMs, turn.nowMs + jittered(turn, delayMs, backoff.jitter)),
  };
}
