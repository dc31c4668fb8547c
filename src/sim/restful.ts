/**
 * Whether nothing can come of a state but looks that say what the looks before them said, and for how long. The core tells itself when the passing of
 * time alone may change something. Errs to the safe side: what it does not know well does not rest.
 */
import type { HostSample } from '../core/event.ts';
import { jobEndMs } from '../core/mend/jobs.ts';
import { isDoubtful, mayLook } from '../core/mend/looks.ts';
import type { Observation } from '../core/mend/observation.ts';
import { stretchOf } from '../core/mend/pressure.ts';
import { readyWakeMs } from '../core/mend/ready.ts';
import { settle } from '../core/mend/settle.ts';
import type { Component, NodeState } from '../core/mend/state.ts';
import { beginTurn } from '../core/mend/turn.ts';
import { judge } from '../core/mend/verdict.ts';
import { changesAtMs } from '../core/mend/wake.ts';
import type { State } from '../core/state.ts';

export type Said = Pick<Observation, 'verdict' | 'reason' | 'detail'>;

export const isSame = (a: Said, b: Said): boolean =>
  a === b || (a.verdict === b.verdict && a.reason === b.reason && a.detail === b.detail);

/** The next sample of the host says what the last one said. */
function isAsSampled({ sample }: NodeState, present: HostSample): boolean {
  return sample !== null && (Object.keys(present) as (keyof HostSample)[]).every((key) => sample[key] === present[key]);
}

/** Something is under way, or is tried again at every turn. */
function isStirred(component: Component, nowMs: number): boolean {
  const { deed, deferred, asked, probes } = component;
  if (asked || (deed !== null && deed.stage !== 'verifying')) return true;
  // What systemd is at has an end that is told; else it may be another day's budget for reboots that ends the wait.
  if (deferred !== null && deferred.untilMs === null && deferred.reason !== 'restart.budget-spent') return true;
  if ((jobEndMs(component) ?? 0) > nowMs) return true;
  return Object.values(probes).some(({ lookingSinceMs }) => lookingSinceMs !== null);
}

/** Names of the probes that are looked at as things stand. */
export function probesLookedAt(component: Component, node: NodeState, nowMs: number): string[] {
  if (!mayLook(component)) return [];
  const doubtful = isDoubtful(component, node, nowMs);
  const all = Object.entries(component.policy.probes);
  return all.filter(([, { role }]) => role !== 'witness' || doubtful).map(([name]) => name);
}

/**
 * One more look that says this changes nothing: it is good as the last one was, or as bad as all that are remembered, on a node without pressure, which
 * would stretch the time for some of them. Those that are only reported are not weighed.
 */
export function repeats(component: Component, name: string, said: Said, node: NodeState): boolean {
  const [policy, probe] = [component.policy.probes[name], component.probes[name]];
  const last = probe?.window.at(-1);
  if (probe === undefined || last === undefined || probe.dueAtMs <= node.lastStepAtMs) return false;
  if (said.verdict === 'healthy') return last.verdict === 'healthy';
  if (said.reason === 'probe.initializing' || stretchOf(node, node.lastStepAtMs) !== 1) return false;
  if (policy?.role === 'report') return isSame(last, said);
  return probe.window.length === component.policy.hang.of && probe.window.every((seen) => isSame(seen, said));
}

/** Whether it makes a difference that what is suspect now is found hung: not while it starts, waits or is being verified. */
function isWatched({ phase, reason, deed }: Component): boolean {
  return deed === null && phase !== 'held' && reason !== 'unit.starting';
}

/** A suspect may be found hung at any look, and one that initializes be believed no more. */
function isDecided(component: Component, { node }: State): boolean {
  if (!mayLook(component)) return true;
  const { verdict } = judge(component, node, node.lastStepAtMs);
  return verdict !== 'initializing' && (verdict !== 'suspect' || !isWatched(component));
}

/** Asked once more, the core makes of every component what it is: a sample of the host alone brings none of them to rest. */
function isAtRest(state: State): boolean {
  const turn = beginTurn(state, state.node.lastStepAtMs);
  return Object.values(state.components).every((before) => {
    settle(turn, before.policy.name);
    const after = turn.components[before.policy.name];
    const same = after?.phase === before.phase && after.reason === before.reason && after.deferred === before.deferred;
    return same && turn.transitions.length === 0 && turn.actions.length === 0;
  });
}

/** Whether nothing is going on but looks. `present`: the host as it is. */
export function isRestful(state: State, present: HostSample): boolean {
  const { node } = state;
  const components = Object.values(state.components);
  const still = components.every((component) => !isStirred(component, node.lastStepAtMs));
  if (!still || !isAsSampled(node, present)) return false;
  return components.every((component) => isDecided(component, state)) && isAtRest(state);
}

/** When the passing of time alone may bring a component on. Of one that is not looked at the core has said so itself. */
export function ownTimeMs(component: Component, node: NodeState): number {
  const atMs = mayLook(component) ? changesAtMs(node, component, node.lastStepAtMs) : component.wakeAtMs;
  return atMs ?? Infinity;
}

/** When the passing of time alone may change anything. */
export function restsUntilMs({ node, components }: State): number {
  // Budgets widen then, of which nobody is told.
  const forgetfulMs = node.forgetfulUntilMs > node.lastStepAtMs ? node.forgetfulUntilMs : Infinity;
  const own = Object.values(components).map((component) => ownTimeMs(component, node));
  return Math.min(node.pause?.untilMs ?? Infinity, readyWakeMs(node) ?? Infinity, forgetfulMs, ...own);
}
