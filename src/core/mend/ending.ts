/**
 * How a unit's last run ended, told from systemd's own timestamps. A stop job makes the unit leave `active` before its main process
 * is gone; a process that ends by itself is gone first. This holds whether or not anybody watched (measured on systemd 257:
 * stop 0.2 ms to 17 ms apart, exit 0.3 ms the other way round).
 */
import type { Reason } from '../reason.ts';
import { neverRan, wentDownWith } from './along.ts';
import type { Component, Ending, State } from './state.ts';
import type { Unit } from './unit.ts';

export function isAutoRestart(unit: Unit): boolean {
  return unit.subState.includes('auto-restart');
}

/** A restart whose job was there and is gone is believed for so long: the unit may have been read in between. */
const strandedMs = 5_000;

/** When it is sure that systemd's own restart is not coming; null when nothing speaks against it. */
export function strandedAtMs({ subState, job, stateChangeAtMs }: Unit): number | null {
  return subState === 'auto-restart-queued' && job === 0 ? (stateChangeAtMs ?? 0) + strandedMs : null;
}

/**
 * systemd was about to restart it and has given that up: when a dependency of the restart's job fails the unit stays `auto-restart-queued` without a
 * job, for ever (systemd 257).
 */
function isStranded(unit: Unit, nowMs: number): boolean {
  return nowMs >= (strandedAtMs(unit) ?? Infinity);
}

/** systemd is going to start it by itself. */
export function isRestarting(unit: Unit, nowMs: number): boolean {
  return isAutoRestart(unit) && !isStranded(unit, nowMs);
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

function wasStopped(unit: Unit, witnessed: boolean): boolean {
  const { activeEnterAtMs, activeExitAtMs, execMainExitAtMs, result } = unit;
  // A process that not even SIGKILL ended is left behind when the stop times out.
  const goneAtMs = execMainExitAtMs ?? (result === 'timeout' ? Infinity : null);
  if (activeExitAtMs === null || activeEnterAtMs === null || goneAtMs === null) return false;
  const leftFirst = gotActive(unit) && activeExitAtMs >= activeEnterAtMs && activeExitAtMs < goneAtMs;
  return leftFirst && (!endedBySystemd.has(result) || (!witnessed && staysDown(unit)));
}

/** A run that systemd ended itself is followed by its restart; with starts to spare, one that is not was being stopped at the time. */
function staysDown(unit: Unit): boolean {
  const { startLimitBurst } = unit.settings;
  const mayStart = startLimitBurst === 0 || unit.nRestarts < startLimitBurst - 1;
  return unit.activeState === 'failed' && !isAutoRestart(unit) && lacksRestart(unit) && mayStart;
}

/** A clean exit that systemd would answer with a restart; when none is on its way, somebody stopped the unit meanwhile. */
function restartsAfterExit(unit: Unit): boolean {
  return unit.settings.restart === 'always' || unit.settings.restart === 'on-success';
}

/** Restart= answers this failure, and yet no restart is on its way. */
function lacksRestart(unit: Unit): boolean {
  const { restart } = unit.settings;
  const applies =
    restart === 'always' || restart === 'on-failure' || (restart === 'on-abnormal' && unit.result !== 'exit-code');
  return unit.job === 0 && applies;
}

/** The start limit was hit. Result keeps the first cause then (systemd 257). */
function gaveUp(unit: Unit): boolean {
  return lacksRestart(unit) && unit.settings.startLimitBurst > 0;
}

const crash = ({ result }: Unit): Pick<Ending, 'how' | 'reason'> => ({
  how: 'crashed',
  reason: byResult[result] ?? 'unit.crashed',
});

function byItself(unit: Unit): Pick<Ending, 'how' | 'reason'> | null {
  if (isAutoRestart(unit) && unit.result === 'success') return { how: 'exited', reason: 'unit.exited' };
  if (isAutoRestart(unit)) return crash(unit);
  if (unit.activeState === 'failed')
    return gaveUp(unit) ? { how: 'crashed', reason: 'unit.start-limit-hit' } : crash(unit);
  const ran = unit.execMainExitAtMs !== null && gotActive(unit);
  return unit.result === 'success' && ran && !restartsAfterExit(unit) ? { how: 'exited', reason: 'unit.exited' } : null;
}

/**
 * For a unit that has ended; without any trace of a run (unloaded, never started) it counts as stopped: hands off. `witnessed`: how the run ended was seen
 * already, and a stop would have been seen as well.
 */
export function classifyEnding(unit: Unit, witnessed = false): Pick<Ending, 'how' | 'reason'> {
  if (unit.result === 'start-limit-hit') return { how: 'crashed', reason: 'unit.start-limit-hit' };
  if (unit.activeState === 'inactive' && !unit.conditionResult)
    return { how: 'stopped', reason: 'unit.condition-failed' };
  return (wasStopped(unit, witnessed) ? null : byItself(unit)) ?? stop;
}

const stop: Pick<Ending, 'how' | 'reason'> = { how: 'stopped', reason: 'unit.stopped' };

/**
 * The job under which the run ended is done and the unit is down, so it was a stop; systemd does not tell a job's type. Of a unit that
 * waited for systemd's own restart the timestamps still tell the crash.
 */
function isStopDone({ ending, job }: Component, unit: Unit): boolean {
  return job !== null && job.result === 'done' && ending?.job === job.id && !isAutoRestart(unit);
}

/** The job under which the run ended was to start it anew and could not. */
function isRestartFailed({ ending, job }: Component): boolean {
  return job !== null && job.result === 'failed' && ending?.job === job.id;
}

/**
 * As a unit looks after ResetFailedUnit, which we ask for ourselves before a start: nothing is left of its failure. A stop does not do that, it
 * leaves a failed unit failed.
 */
function isWiped(unit: Unit): boolean {
  return unit.activeState === 'inactive' && unit.result === 'success';
}

/** Disabled while it was down, or found so: nobody wants it up until somebody starts or enables it (S3). `component` still has the unit as it was. */
export function isGivenUp({ unit: before, ending }: Component, unit: Unit): boolean {
  if (unit.unitFileState !== 'disabled' || !hasEnded(unit) || isAutoRestart(unit)) return false;
  // What was stopped stays that, also when it is enabled again.
  if (ending?.how === 'stopped' && ending.dependency === null && ending.reason !== 'unit.disabled') return false;
  // Told together with its end, it may have been disabled before or after.
  if (before === null || before.unitFileState !== 'disabled') return true;
  return hasEnded(before) && ending?.reason === 'unit.disabled';
}

/** Enabled again, it is what its own end makes of it; nobody has started what never ran. */
function knownEnding({ ending }: Component, unit: Unit): Ending | null {
  if (ending?.reason !== 'unit.disabled' || unit.unitFileState === 'disabled') return ending;
  return neverRan(unit) ? { ...ending, ...stop } : null;
}

/** On its way down under a job that is done: it was stopped, also when the news that it is down comes late. A restart would have brought a new run. */
function goesDownStopped(component: Component, unit: Unit): Component {
  const { job } = component;
  const done = job !== null && job.result === 'done' && job.id === unit.job;
  return done ? { ...component, ending: { ...stop, dependency: job.because, job: job.id } } : component;
}

/** For whose sake there is a job; a run that began under it ended for another reason. */
function sakeOf(job: Component['job'], { inactiveExitAtMs }: Unit): string | null {
  return job !== null && (inactiveExitAtMs ?? 0) < job.startedAtMs ? job.because : null;
}

/**
 * What is known of the ending, kept up to date until the unit comes up again. `unmoved`: the unit is as it was told last. Who saw its stop knows
 * better then than its timestamps tell, which of a stop that timed out are those of a crash.
 */
export function noteEnding(
  component: Component,
  unit: Unit,
  components: State['components'],
  unmoved = false,
): Component {
  if (unit.loadState === 'not-found') return { ...component, ending: null };
  if (unit.activeState === 'deactivating') return goesDownStopped(component, unit);
  if (!hasEnded(unit) || (neverRan(unit) && unit.job !== 0)) return { ...component, ending: null };
  const known = knownEnding(component, unit);
  const as: Component = { ...component, ending: known };
  const last = component.job;
  if (known?.reason === 'unit.disabled') return as;
  // The restart has begun and Result says `success` again: how the last run ended is known from before.
  if (unit.subState === 'auto-restart-queued' && known !== null) return as;
  const forgotten = unit.execMainExitAtMs === null && unit.activeEnterAtMs === null;
  const failedStart = last?.result === 'dependency';
  if (forgotten && known !== null && !failedStart) return as;
  const stopped = isStopDone(component, unit);
  if (known?.how === 'crashed' && isWiped(unit) && !stopped) return as;
  const failed = isRestartFailed(component) ? crash(unit) : null;
  const { how, reason } = stopped ? stop : (failed ?? (unmoved ? known : null) ?? classifyEnding(unit, known !== null));
  const under = unit.job !== 0 ? unit.job : last !== null && last.endedAtMs === null ? last.id : 0;
  const job = known?.job || under;
  const because = known?.dependency ?? sakeOf(last, unit) ?? wentDownWith(component, unit, components, job !== 0);
  const dependency = how === 'stopped' ? because : null;
  return { ...component, ending: { how, reason, dependency, job } };
}
