/**
 * How a unit's last run ended, told from systemd's own timestamps. A stop job makes the unit leave `active` before its main process
 * is gone; a process that ends by itself is gone first. This holds whether or not anybody watched (measured on systemd 257:
 * stop 0.2 ms to 17 ms apart, exit 0.3 ms the other way round).
 */
import type { Reason } from '../reason.ts';
import type { Component, Ending, State } from './state.ts';
import type { Unit } from './unit.ts';

export function isAutoRestart(unit: Unit): boolean {
  return unit.subState.includes('auto-restart');
}

/** The unit has no process now and, but for systemd's own Restart=, will not get one. */
export function hasEnded(unit: Unit): boolean {
  return unit.activeState === 'inactive' || unit.activeState === 'failed' || isAutoRestart(unit);
}

const byResult: Readonly<Record<string, Reason>> = {
  'start-limit-hit': 'unit.start-limit-hit',
  'oom-kill': 'unit.oom-killed',
  watchdog: 'unit.watchdog',
  timeout: 'unit.timeout',
};

/** systemd ended the run itself, so leaving `active` first does not mean that somebody asked for it. */
const endedBySystemd: ReadonlySet<string> = new Set(['watchdog', 'oom-kill']);

function gotActive(unit: Unit): boolean {
  return (
    unit.activeEnterAtMs !== null && unit.inactiveExitAtMs !== null && unit.activeEnterAtMs >= unit.inactiveExitAtMs
  );
}

function wasStopped(unit: Unit): boolean {
  const { activeEnterAtMs, activeExitAtMs, execMainExitAtMs } = unit;
  if (activeExitAtMs === null || activeEnterAtMs === null || execMainExitAtMs === null) return false;
  return (
    gotActive(unit) &&
    activeExitAtMs >= activeEnterAtMs &&
    activeExitAtMs < execMainExitAtMs &&
    !endedBySystemd.has(unit.result)
  );
}

/** Restart= applies and yet no restart is on its way: the start limit was hit. Result keeps the first cause then (systemd 257). */
function gaveUp(unit: Unit): boolean {
  const { restart, startLimitBurst } = unit.settings;
  const applies =
    restart === 'always' || restart === 'on-failure' || (restart === 'on-abnormal' && unit.result !== 'exit-code');
  return unit.activeState === 'failed' && !isAutoRestart(unit) && unit.job === 0 && applies && startLimitBurst > 0;
}

/** For a unit that has ended; without any trace of a run (unloaded, never started) it counts as stopped: hands off. */
export function classifyEnding(unit: Unit): Omit<Ending, 'dependency'> {
  if (unit.result === 'start-limit-hit') return { how: 'crashed', reason: 'unit.start-limit-hit' };
  if (wasStopped(unit)) return { how: 'stopped', reason: 'unit.stopped' };
  const ran = unit.execMainExitAtMs !== null && gotActive(unit);
  if (unit.result === 'success' && (ran || isAutoRestart(unit))) return { how: 'exited', reason: 'unit.exited' };
  if (unit.activeState === 'failed' || isAutoRestart(unit)) {
    return {
      how: 'crashed',
      reason: gaveUp(unit) ? 'unit.start-limit-hit' : (byResult[unit.result] ?? 'unit.crashed'),
    };
  }
  return { how: 'stopped', reason: unit.unitFileState === 'disabled' ? 'unit.disabled' : 'unit.stopped' };
}

/**
 * The watched unit for whose sake a job of this component was queued: one that it stops with and that is down already, or has an
 * older job under way. What is asked for gets its id before what it pulls in (systemd 257: anchor 438, dependent 439).
 */
export function causeOfJob(component: Component, id: number, components: State['components']): string | null {
  const stopsWith = component.unit?.settings.stopsWith ?? [];
  const cause = Object.values(components).find((other) => {
    if (other === component || !stopsWith.includes(other.policy.unit)) return false;
    const older = other.job !== null && other.job.endedAtMs === null && other.job.id < id;
    return older || (other.unit !== null && hasEnded(other.unit));
  });
  return cause?.policy.name ?? null;
}
