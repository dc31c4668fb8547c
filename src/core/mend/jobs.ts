/** systemd's jobs for a unit, whoever asked for them: while one is under way nobody gets in between (S2). */
import { hasEnded, noteEnding } from './ending.ts';
import type { Component, State } from './state.ts';
import { put, type Turn } from './turn.ts';
import type { Unit } from './unit.ts';

/** A job whose end was not told is believed for so long after systemd has said that the unit has none. */
const lostJobMs = 5_000;
/** A unit that goes down with another gets its stop job at once; one that comes later has another cause. */
const alongMs = 2_000;

/** When the job under way is given up for lost; null when none is known of. */
export function jobEndMs({ job }: Component): number | null {
  return job !== null && job.endedAtMs === null ? job.startedAtMs + lostJobMs : null;
}

export function hasJob(component: Component, unit: Unit, nowMs: number): boolean {
  return unit.job !== 0 || nowMs < (jobEndMs(component) ?? 0);
}

function stopsWith(component: Component, components: State['components']): Component[] {
  const names = component.unit?.settings.stopsWith ?? [];
  return Object.values(components).filter((other) => other !== component && names.includes(other.policy.unit));
}

/** Id of the job under way, 0 when there is none: an end that was not told is not waited for for ever. */
function jobUnderWay(component: Component, nowMs: number): number {
  const { unit, job } = component;
  if (unit === null || !hasJob(component, unit, nowMs)) return 0;
  return unit.job !== 0 ? unit.job : (job?.id ?? 0);
}

/** A job for a unit that is not up is a start, which takes nothing along. */
function isUp({ unit }: Component): boolean {
  return unit !== null && !hasEnded(unit) && unit.activeState !== 'activating';
}

/** What is asked for gets its id before what it pulls in (systemd 257: anchor 438, dependent 439). */
function anchorOf(turn: Turn, component: Component, id: number): string | null {
  const anchor = stopsWith(component, turn.components).find((other) => {
    const job = isUp(other) ? jobUnderWay(other, turn.nowMs) : 0;
    return job !== 0 && job < id;
  });
  return anchor?.policy.name ?? null;
}

function wentDownJustNow({ unit }: Component, nowMs: number): boolean {
  return unit !== null && hasEnded(unit) && nowMs - (unit.activeExitAtMs ?? 0) < alongMs;
}

export function observeJobStart(turn: Turn, component: Component, id: number): void {
  const down = stopsWith(component, turn.components).find((other) => wentDownJustNow(other, turn.nowMs));
  const told = component.job?.id === id ? component.job.because : null;
  const because = told ?? anchorOf(turn, component, id) ?? down?.policy.name ?? null;
  put(turn, { ...component, job: { id, because, startedAtMs: turn.nowMs, endedAtMs: null, result: '' } });
  // The jobs of one transaction are told in any order, so this one may be the anchor of another.
  for (const one of Object.values(turn.components)) {
    if (one.job === null || one.job.endedAtMs !== null || one.job.because !== null) continue;
    const anchor = anchorOf(turn, one, one.job.id);
    if (anchor !== null) put(turn, { ...one, job: { ...one.job, because: anchor } });
  }
}

/** The state that a stop job led to may have been told before the job's end: the question who stopped it is asked again. */
export function observeJobEnd(turn: Turn, component: Component, id: number, result: string): void {
  const { job } = component;
  if (job?.id !== id) return;
  const ended = { ...component, job: { ...job, endedAtMs: turn.nowMs, result } };
  put(turn, component.unit === null ? ended : noteEnding(ended, component.unit, turn.components, true));
}
