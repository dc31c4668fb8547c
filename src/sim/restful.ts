/** Whether nothing but good looks can happen to a state, and for how long. Errs to the safe side: what it does not know well does not rest. */
import type { HostSample } from '../core/event.ts';
import { jobEndMs } from '../core/mend/jobs.ts';
import { graceMs } from '../core/mend/pressure.ts';
import type { Component, NodeState, State } from '../core/mend/state.ts';

function nodeRests({ bus, shuttingDown, name, ready, store, sample }: NodeState, present: HostSample): boolean {
  if (bus !== 'connected' || shuttingDown || name === '' || store === 'unwritable' || sample === null) return false;
  const same = (Object.keys(present) as (keyof HostSample)[]).every((key) => sample[key] === present[key]);
  const settled = ready.turningSinceMs === null && ready.blindSinceMs === null;
  return same && settled && (ready.reason === 'node.ready' || ready.reason === 'node.not-ready');
}

/** Healthy in every respect: its looks are the only thing that goes on. */
export function isWell(component: Component, node: NodeState): boolean {
  const { phase, reason, unit, deed, incident, deferred, asked, pause, policy, probes } = component;
  if (phase !== 'healthy' || reason !== 'component.healthy' || deed !== null || incident !== null) return false;
  if (deferred !== null || asked || pause !== null || node.pause !== null || !component.seen) return false;
  if (unit === null || unit.activeState !== 'active' || unit.freezerState !== 'running') return false;
  if (unit.loadState !== 'loaded' || unit.unitFileState.startsWith('masked')) return false;
  return Object.entries(policy.probes).every(([name, { role }]) => {
    const probe = probes[name];
    if (probe === undefined || probe.lookingSinceMs !== null) return false;
    return role !== 'vote' || probe.window.at(-1)?.verdict === 'healthy';
  });
}

const isLookedAt = ({ policy }: Component): boolean =>
  Object.values(policy.probes).some(({ role }) => role !== 'witness');

/** Nothing looks at it, so only its own clock can bring it on. */
function isLeftAlone({ unit, phase, deed, deferred }: Component): boolean {
  const runs = unit !== null && (unit.activeState === 'active' || unit.activeState === 'reloading');
  const looked = runs && phase !== 'masked' && phase !== 'paused';
  return !looked && deed === null && deferred?.reason !== 'restart.slot-busy';
}

/** Until when nothing but looks can happen, or null when that is not so even now. `present`: the host as it is. */
export function restsUntil(state: State, untilMs: number, present: HostSample): number | null {
  const { node } = state;
  const nowMs = node.lastStepAtMs;
  if (!nodeRests(node, present)) return null;
  let least = Math.min(untilMs, node.pause?.untilMs ?? Infinity);
  for (const component of Object.values(state.components)) {
    if ((jobEndMs(component) ?? 0) > nowMs) return null;
    if (isWell(component, node)) {
      const graceEndMs = (component.unit?.inactiveExitAtMs ?? 0) + graceMs(component, node, nowMs);
      if (graceEndMs > nowMs) least = Math.min(least, graceEndMs);
      if (!isLookedAt(component)) least = Math.min(least, component.wakeAtMs ?? Infinity);
    } else if (isLeftAlone(component)) {
      least = Math.min(least, component.wakeAtMs ?? Infinity, component.pause?.untilMs ?? Infinity);
    } else return null;
  }
  return least;
}
