/**
 * A dependent is never restarted for its dependency's fault (S9): it is held until what it needs is up. A dependency that nobody wants
 * (absent, masked, disabled) or that is out of sight holds nobody, for nothing is known of a fault there; a paused one that runs holds back what
 * only probes ask for.
 */
import type { Phase } from '../transition.ts';
import { hasJob } from './jobs.ts';
import type { Component, State } from './state.ts';

const holding: Readonly<Record<Phase, boolean>> = {
  unknown: false,
  starting: true,
  healthy: false,
  suspect: true,
  unhealthy: true,
  mending: true,
  exhausted: true,
  stopped: true,
  masked: false,
  absent: false,
  held: true,
  paused: false,
};

/** Whether dependents wait for a component in this phase for this reason. Nobody wants one up that is disabled. */
export const isHolding = ({ phase, reason }: Pick<Component, 'phase' | 'reason'>): boolean =>
  holding[phase] && reason !== 'unit.disabled';

/** With a job under way a unit is about to change: a start of its dependent might pull it up against an operator's stop. */
function isChanging(component: Component, nowMs: number): boolean {
  return component.unit !== null && component.seen && hasJob(component, component.unit, nowMs);
}

/** Hands are off it, and all that is known is that it does not run: paused while it was down, or frozen. */
function isPausedDown({ phase, unit }: Component): boolean {
  if (phase !== 'paused' || unit === null || unit.loadState !== 'loaded') return false;
  const runs = unit.activeState === 'active' || unit.activeState === 'reloading';
  return runs ? unit.freezerState !== 'running' : unit.unitFileState !== 'disabled';
}

function holds(component: Component, nowMs: number): boolean {
  return isHolding(component) || isPausedDown(component) || isChanging(component, nowMs);
}

/** Name of the component this one has to wait for, or null. */
export function waitsFor({ policy }: Component, components: State['components'], nowMs: number): string | null {
  const held = policy.after.find((name) => {
    const dependency = components[name];
    return dependency !== undefined && holds(dependency, nowMs);
  });
  return held ?? null;
}

/**
 * Name of a paused component that this one depends on, or null: nobody looks at that one, so what the probes of its dependents say may be its
 * fault. A dependent that ended is started all the same.
 */
export function unseenBehind({ policy }: Component, components: State['components']): string | null {
  return policy.after.find((name) => components[name]?.phase === 'paused') ?? null;
}

export function isBack(name: string, components: State['components'], nowMs: number): boolean {
  const dependency = components[name];
  return dependency !== undefined && dependency.phase === 'healthy' && !isChanging(dependency, nowMs);
}

export function dependents(name: string, components: State['components']): string[] {
  const names: string[] = [];
  for (const { policy, ending } of Object.values(components))
    if (policy.after.includes(name) || ending?.dependency === name) names.push(policy.name);
  return names;
}
