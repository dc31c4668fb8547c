/**
 * Which remedy comes next. A unit that is down is started. One that answers badly gets the ladder from its first rung. One that does
 * not answer at all would not obey SIGTERM either, so it starts at `kill`, as far as the ladder has one.
 */
import type { Reason } from '../reason.ts';
import { hasEnded } from './ending.ts';
import type { ComponentPolicy, Rung } from './policy.ts';
import type { Component } from './state.ts';
import type { Unit } from './unit.ts';

/** What is done: a rung of the ladder, or the plain start of a unit that is down. */
export type Move = Rung | { readonly remedy: 'start' };

/** The causes in which the program is silent, not merely dissatisfied. */
const silent: ReadonlySet<Reason> = new Set(['probe.timeout', 'probe.stopped', 'probe.blocked', 'unit.timeout']);

export function isSilent(cause: Reason): boolean {
  return silent.has(cause);
}

/** Whether a stop of the unit ends every process in its control group. */
export function groupDies(killMode: string): boolean {
  return killMode === 'control-group' || killMode === 'mixed';
}

/** A restart of a unit that runs would end the containers in its control group; only a start when it is down is harmless. */
export function endsContainers(policy: ComponentPolicy, unit: Unit): boolean {
  return policy.hostsContainers && groupDies(unit.settings.killMode) && !hasEnded(unit);
}

/** Where a restart would end the containers, only a command of the operator's own is left; a reboot would end them too. */
function suitable(policy: ComponentPolicy, unit: Unit, cause: Reason): readonly Rung[] {
  const { ladder } = policy;
  if (hasEnded(unit)) return ladder.filter((rung) => rung.remedy !== 'kill');
  if (endsContainers(policy, unit)) return ladder.filter((rung) => rung.remedy === 'exec');
  const kill = ladder.findIndex((rung) => rung.remedy === 'kill');
  return isSilent(cause) && kill >= 0 ? ladder.slice(kill) : ladder;
}

/**
 * The rung for the n-th failed remedy of an incident, or null when the ladder has none. A reboot is tried once in an incident, and passed
 * over where it is refused. Past the top the last rung that starts the unit anew is repeated, in turn with the commands above it: a
 * command alone would never bring back what does not run any more.
 */
export function chooseRung(component: Component, unit: Unit, cause: Reason, mayReboot: boolean): Rung | null {
  const rungs = suitable(component.policy, unit, cause);
  const tried = component.incident?.rung ?? 0;
  const next = rungs[tried];
  if (next !== undefined && (next.remedy !== 'reboot' || mayReboot)) return next;
  const lasting = rungs.filter((rung) => rung.remedy !== 'reboot');
  const again = lasting.slice(
    Math.max(
      0,
      lasting.findLastIndex((rung) => rung.remedy !== 'exec'),
    ),
  );
  return again[tried % again.length] ?? null;
}

/** What is really done for a rung: a unit that is down is started, whatever the rung is called. */
export function moveFor(rung: Rung, unit: Unit): Move {
  return rung.remedy === 'restart' && hasEnded(unit) ? { remedy: 'start' } : rung;
}
