/**
 * A dependent is never restarted for its dependency's fault (S9): it is held until what it needs is up. A dependency that is
 * absent, paused or out of sight holds nobody, for nothing is known of a fault there.
 */
import type { Phase } from '../transition.ts';
import type { Component, State } from './state.ts';

const holding: Record<Phase, boolean> = {
  unknown: false,
  starting: true,
  healthy: false,
  suspect: true,
  unhealthy: true,
  mending: true,
  exhausted: true,
  stopped: true,
  masked: true,
  absent: false,
  held: true,
  paused: false,
};

/** Name of the component this one has to wait for, or null. */
export function waitsFor(component: Component, components: State['components']): string | null {
  return component.policy.after.find((name) => holding[components[name]?.phase ?? 'absent']) ?? null;
}

export function dependents(name: string, components: State['components']): string[] {
  return Object.values(components)
    .filter((other) => other.policy.after.includes(name) || other.ending?.dependency === name)
    .map((other) => other.policy.name);
}
