/**
 * When to look at what: one look in flight per probe, jittered so that nothing resonates with RestartSec, quick while a unit has
 * just started, and witnesses only while there is something to witness.
 */
import type { Observation } from './observation.ts';
import type { ProbePolicy } from './policy.ts';
import { graceMs, stretchFor } from './pressure.ts';
import type { Component, NodeState, ProbeState } from './state.ts';
import { jittered, type Turn } from './turn.ts';
import { judge } from './verdict.ts';

/** Spread of the period of a look. */
export const lookJitter = 0.1;
/** A young unit is looked at again after this share of its age: 100 ms, 125 ms, ... up to the probe's own period. */
const youngShare = 0.25;
const quickestMs = 100;
/** How long after its deadline a look may still report before it is given up for lost. */
const lostAfterMs = 5_000;

const idle = (dueAtMs: number): ProbeState => ({ window: [], badSinceMs: null, dueAtMs, lookingSinceMs: null });

/** Clean windows for a new run; a look in flight keeps its place but will not count. */
export function freshProbes(component: Component, nowMs: number): Component['probes'] {
  return Object.fromEntries(
    Object.entries(component.probes).map(([name, probe]) => [
      name,
      { ...probe, window: [], badSinceMs: null, dueAtMs: nowMs },
    ]),
  );
}

/** Nothing that was seen until now counts any more, whatever is still under way. */
export function forgetLooks(component: Component, nowMs: number): Component {
  return { ...component, freshFromMs: nowMs, probes: freshProbes(component, nowMs) };
}

/** How long after a look the next one comes, before the jitter. `patientMs`: how old a run is that is young no more. */
export function periodMs(
  policy: ProbePolicy,
  seen: Pick<Observation, 'verdict'>,
  ageMs: number,
  patientMs: number,
): number {
  const young = seen.verdict !== 'healthy' && ageMs < patientMs;
  return young ? Math.min(policy.everyMs, Math.max(quickestMs, ageMs * youngShare)) : policy.everyMs;
}

function dueAfterMs(turn: Turn, component: Component, policy: ProbePolicy, seen: Observation): number {
  const ageMs = turn.nowMs - (component.unit?.inactiveExitAtMs ?? turn.nowMs);
  const period = periodMs(policy, seen, ageMs, graceMs(component, turn.node, turn.nowMs));
  return jittered(turn, period, lookJitter);
}

/** Takes one observation in; what began before the present run or before a gap in time is dropped (S7, S13). */
export function observeLook(turn: Turn, component: Component, name: string, seen: Observation): Component {
  const policy = component.policy.probes[name];
  const probe = component.probes[name];
  if (policy === undefined || probe === undefined) return component;
  const counts = seen.startedAtMs >= component.freshFromMs;
  const window = counts ? [...probe.window, seen].slice(-component.policy.hang.of) : probe.window;
  const badSinceMs = counts ? badSince(probe, seen, window) : probe.badSinceMs;
  const dueAtMs = counts ? turn.nowMs + dueAfterMs(turn, component, policy, seen) : turn.nowMs;
  return {
    ...component,
    probes: { ...component.probes, [name]: { window, badSinceMs, dueAtMs, lookingSinceMs: null } },
  };
}

/** A good look ends the trouble; so does a whole window in which nothing could be seen (S4). */
function badSince(probe: ProbeState, seen: Observation, window: ProbeState['window']): number | null {
  if (!window.some(({ verdict }) => verdict === 'unhealthy')) return null;
  if (seen.verdict === 'unknown') return probe.badSinceMs;
  return seen.verdict === 'healthy' ? null : (probe.badSinceMs ?? seen.startedAtMs);
}

export function mayLook(component: Component): boolean {
  const { unit, phase } = component;
  if (unit === null || (unit.activeState !== 'active' && unit.activeState !== 'reloading')) return false;
  return phase !== 'masked' && phase !== 'paused' && component.deed?.stage !== 'acting';
}

/** How long a look may take before it counts as no answer. */
export function lookTimeoutMs(component: Component, policy: ProbePolicy, node: NodeState, nowMs: number): number {
  return Math.round(policy.timeoutMs * stretchFor(component, node, nowMs));
}

function dueAt(
  component: Component,
  name: string,
  policy: ProbePolicy,
  doubtful: boolean,
  nowMs: number,
): number | null {
  const probe = component.probes[name] ?? idle(nowMs);
  if (probe.lookingSinceMs !== null) return probe.lookingSinceMs + 4 * policy.timeoutMs + lostAfterMs;
  if (policy.role === 'witness' && !doubtful) return null;
  return probe.dueAtMs;
}

/** A vote is bad, so the witnesses are wanted. */
export function isDoubtful(component: Component, node: NodeState, nowMs: number): boolean {
  const { verdict } = judge(component, node, nowMs);
  return verdict === 'suspect' || verdict === 'unhealthy';
}

/** Asks for every look that is due and returns the component with the time of the next one. */
export function scheduleLooks(turn: Turn, component: Component): { component: Component; nextMs: number | null } {
  if (!mayLook(component)) return { component, nextMs: null };
  const doubtful = isDoubtful(component, turn.node, turn.nowMs);
  const probes: Record<string, ProbeState> = {};
  let nextMs: number | null = null;
  for (const [name, policy] of Object.entries(component.policy.probes)) {
    const probe = component.probes[name] ?? idle(turn.nowMs);
    const atMs = dueAt(component, name, policy, doubtful, turn.nowMs);
    const now = atMs !== null && atMs <= turn.nowMs;
    probes[name] = now ? { ...probe, lookingSinceMs: turn.nowMs } : probe;
    if (now) {
      const timeoutMs = lookTimeoutMs(component, policy, turn.node, turn.nowMs);
      const { name: componentName, unit } = component.policy;
      turn.actions.push({
        type: 'probe.look',
        component: componentName,
        unit,
        probe: name,
        target: policy.target,
        timeoutMs,
      });
    }
    const again = now ? turn.nowMs + 4 * policy.timeoutMs + lostAfterMs : atMs;
    if (again !== null) nextMs = nextMs === null ? again : Math.min(nextMs, again);
  }
  return { component: { ...component, probes }, nextMs };
}
