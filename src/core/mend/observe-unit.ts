/**
 * Takes in what systemd says of a unit: who restarted it, how a run ended, and that a new run starts with a clean slate (S7).
 */
import type { RestartedBy } from '../transition.ts';
import { spend } from './budget.ts';
import { causeOfJob, classifyEnding, hasEnded } from './ending.ts';
import { freshProbes } from './looks.ts';
import type { Component } from './state.ts';
import { put, type Turn, tell } from './turn.ts';
import type { Unit } from './unit.ts';

/**
 * systemd counts its own restarts in NRestarts and begins anew with every start that somebody asked for. It counts before the new run has its
 * InvocationID (systemd 257: two signals earlier), so a comparison with the unit as it was last told would find no difference.
 */
function restartedBy(component: Component, previous: Unit, unit: Unit): RestartedBy {
  const { deed } = component;
  if (deed !== null && deed.stage !== 'preparing' && deed.invocation === previous.invocationId) return 'nodemend';
  return unit.nRestarts > 0 ? 'systemd' : 'other';
}

function countRestart(turn: Turn, component: Component, previous: Unit, unit: Unit): Component {
  const by = restartedBy(component, previous, unit);
  const cause = component.deed?.reason ?? component.ending?.reason ?? 'unit.crashed';
  tell(turn, {
    type: 'component.restarted',
    component: component.policy.name,
    by,
    reason: by === 'other' ? 'restart.foreign' : cause,
  });
  const counted = { ...component, restarts: { ...component.restarts, [by]: component.restarts[by] + 1 } };
  return by === 'systemd' ? spend(turn, counted, 'systemd') : counted;
}

function noteEnding(component: Component, unit: Unit): Component {
  if (!hasEnded(unit)) return unit.activeState === 'deactivating' ? component : { ...component, ending: null };
  // The restart has begun and Result says `success` again: how the last run ended is known from before.
  if (unit.subState === 'auto-restart-queued' && component.ending !== null) return component;
  const forgotten = unit.execMainExitAtMs === null && unit.activeEnterAtMs === null;
  if (forgotten && component.ending !== null) return component;
  const { how, reason } = classifyEnding(unit);
  const dependency = how === 'stopped' ? (component.ending?.dependency ?? component.job?.because ?? null) : null;
  return { ...component, ending: { how, reason, dependency } };
}

export function observeUnit(turn: Turn, component: Component, unit: Unit): void {
  const previous = component.unit;
  const anew = previous !== null && unit.invocationId !== '' && unit.invocationId !== previous.invocationId;
  const wasRunning = anew && previous.invocationId !== '' && component.ending?.how !== 'stopped';
  const counted = wasRunning ? countRestart(turn, component, previous, unit) : component;
  const noted = noteEnding({ ...counted, unit, seen: true }, unit);
  const fresh = anew
    ? { ...noted, freshFromMs: unit.inactiveExitAtMs ?? turn.nowMs, probes: freshProbes(noted, turn.nowMs) }
    : noted;
  put(turn, fresh);
}

export function observeJobStart(turn: Turn, component: Component, job: number): void {
  const because = causeOfJob(component, job, turn.components);
  put(turn, { ...component, job: { id: job, because, startedAtMs: turn.nowMs, endedAtMs: null } });
}

/** The state that a stop job led to may have been told before the job's end: the question who stopped it is asked again. */
export function observeJobEnd(turn: Turn, component: Component, job: number): void {
  if (component.job?.id !== job) return;
  const ended = { ...component, job: { ...component.job, endedAtMs: turn.nowMs } };
  put(turn, component.unit === null ? ended : noteEnding(ended, component.unit));
}
