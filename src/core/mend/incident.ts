/** An incident runs from the first bad sign to verified recovery. */
import type { Reason } from '../reason.ts';
import type { Component } from './state.ts';
import { newId, type Turn, tell } from './turn.ts';

export function openIncident(
  turn: Turn,
  component: Component,
  cause: Reason,
  detail: string,
  sinceMs: number | null,
): Component {
  if (component.incident !== null) return component;
  const incident = { id: newId(turn, 'incident'), cause, sinceMs: sinceMs ?? turn.nowMs, rung: 0 };
  tell(turn, {
    type: 'incident.opened',
    component: component.policy.name,
    incident: incident.id,
    reason: cause,
    detail,
    sinceMs: incident.sinceMs,
  });
  return { ...component, incident };
}

/** A remedy did not help: the next attempt takes the next rung of the ladder. */
export function climb(component: Component): Component {
  const { incident } = component;
  return incident === null ? component : { ...component, incident: { ...incident, rung: incident.rung + 1 } };
}

export function closeIncident(turn: Turn, component: Component, reason: Reason, recovered: boolean): Component {
  const { incident } = component;
  if (incident === null) return component;
  const durationMs = turn.nowMs - incident.sinceMs;
  const { name } = component.policy;
  tell(turn, {
    type: 'incident.closed',
    component: name,
    incident: incident.id,
    reason,
    cause: incident.cause,
    recovered,
    durationMs,
  });
  return { ...component, incident: null };
}
