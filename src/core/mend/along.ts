/**
 * For whose sake a unit went down when nobody watched it go: systemd's own timestamps tell. Whoever is stopped with a unit that is asked to stop is
 * down before that begins to stop; whoever is stopped with one that ended by itself begins right after.
 */
import type { Component, State } from './state.ts';
import type { Unit } from './unit.ts';

/** On a busy node systemd needs so long at most from one to the other. */
const apartMs = 1_000;

const follows = (laterMs: number | null, earlierMs: number | null): boolean =>
  laterMs !== null && earlierMs !== null && laterMs > earlierMs && laterMs - earlierMs <= apartMs;

/** It came up in its last run; else what systemd says of leaving `active` is of a run before. */
const wasUp = ({ inactiveExitAtMs, activeEnterAtMs }: Unit): boolean =>
  (activeEnterAtMs ?? 0) >= (inactiveExitAtMs ?? 0);

/** The other one ended by itself, and this one was stopped on the spot: a stop that was asked for would have gone the other way round. */
function fellWith(unit: Unit, other: Unit): boolean {
  // A run that came up since then ended for a reason of its own.
  const before = wasUp(unit) && (unit.activeEnterAtMs ?? 0) <= (other.activeExitAtMs ?? 0);
  return (before && follows(unit.activeExitAtMs, other.activeExitAtMs)) || waitedWhenFell(unit, other);
}

/** Its process was gone by then: it waited for systemd's restart when it was stopped for the other one's sake. */
function waitedWhenFell(unit: Unit, other: Unit): boolean {
  const { execMainExitAtMs, inactiveEnterAtMs } = unit;
  const waited = execMainExitAtMs !== null && execMainExitAtMs < (other.activeExitAtMs ?? 0);
  return waited && unit.settings.restart === 'always' && follows(inactiveEnterAtMs, other.activeExitAtMs);
}

/** The other one was asked to stop. So may this one have been, at the same moment; who saw its job knows better. */
const wasStoppedWith = (unit: Unit, other: Unit): boolean => follows(other.activeExitAtMs, unit.inactiveEnterAtMs);

/** Not in this boot, or systemd has forgotten it. */
export const neverRan = ({ invocationId, inactiveExitAtMs }: Unit): boolean =>
  invocationId === '' && inactiveExitAtMs === null;

/** Not up, or only since a start that was not its first. */
const failedToStart = ({ activeState, activeExitAtMs, inactiveEnterAtMs }: Unit): boolean =>
  activeState !== 'active' || (activeExitAtMs === null && inactiveEnterAtMs !== null);

/** It never ran although it is enabled, and what it stops with did not come up: its start, which nobody saw, failed for that one's sake. */
const wasNeverStartedFor = ({ job }: Component, unit: Unit, other: Unit): boolean =>
  job === null && neverRan(unit) && unit.unitFileState === 'enabled' && failedToStart(other);

/** systemd itself says that a start of it failed for the sake of one that is not up. */
function failedFor({ job }: Component, other: Unit): boolean {
  return job?.result === 'dependency' && other.activeState !== 'active';
}

/** Name of the watched component that this one went down with, or did not come up for; or null. `seen`: the job that ended it was. */
export function wentDownWith(
  component: Component,
  unit: Unit,
  components: State['components'],
  seen: boolean,
): string | null {
  const found = Object.values(components).find(({ policy, unit: other }) => {
    if (other === null || policy.name === component.policy.name || !unit.settings.stopsWith.includes(policy.unit))
      return false;
    if (fellWith(unit, other) || failedFor(component, other)) return true;
    return !seen && (wasStoppedWith(unit, other) || wasNeverStartedFor(component, unit, other));
  });
  return found?.policy.name ?? null;
}
