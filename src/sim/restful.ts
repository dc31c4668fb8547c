/**
 * Whether nothing can come of a state but looks that say what the looks before them said, and for how long. The core tells itself when the passing of
 * time alone may change something. Errs to the safe side: what it does not know well does not rest.
 */
import type { HostSample } from '../core/event.ts';
import { jobEndMs } from '../core/mend/jobs.ts';
import { isDoubtful, mayLook } from '../core/mend/looks.ts';
import type { Observation } from '../core/mend/observation.ts';
import { graceMs, stretchOf } from '../core/mend/pressure.ts';
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
  if (deferred !== null && deferred.untilMs === null) return true;
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

/** Bad looks come at their usual pace and are weighed as configured: the run is not young and the node is not under pressure. */
function isSettled(component: Component, node: NodeState): boolean {
  const nowMs = node.lastStepAtMs;
  const beganMs = component.unit?.inactiveExitAtMs ?? nowMs;
  return stretchOf(node, nowMs) === 1 && nowMs >= beganMs + graceMs(component, node, nowMs);
}

/** One more look that says this changes nothing: it is good as the last one was, or as bad as all that are remembered. */
export function repeats(component: Component, name: string, said: Said, node: NodeState): boolean {
  const probe = component.probes[name];
  if (probe === undefined || probe.dueAtMs <= node.lastStepAtMs) return false;
  if (said.verdict === 'healthy') return probe.window.at(-1)?.verdict === 'healthy';
  const full = probe.window.length === component.policy.hang.of && probe.window.every((seen) => isSame(seen, said));
  return full && said.reason !== 'probe.initializing' && isSettled(component, node);
}

/** A suspect may be found hung at any look, and one that initializes be believed no more. */
const lasting: ReadonlySet<string> = new Set(['healthy', 'unhealthy', 'unknown']);

function isDecided(component: Component, { node }: State): boolean {
  return !mayLook(component) || lasting.has(judge(component, node, node.lastStepAtMs).verdict);
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
