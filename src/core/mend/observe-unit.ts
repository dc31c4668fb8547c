/**
 * Takes in what systemd says of a unit: who restarted it, how a run ended, and that a new run starts with a clean slate (S7).
 */
import type { RestartedBy, Transition } from '../transition.ts';
import { spend } from './budget.ts';
import { dropPlan } from './deed.ts';
import { hasEnded, isGivenUp, noteEnding } from './ending.ts';
import { observeJobStart } from './jobs.ts';
import { forgetLooks, freshProbes } from './looks.ts';
import type { Component } from './state.ts';
import { put, type Turn, tell } from './turn.ts';
import type { Unit } from './unit.ts';

/** Restarts of systemd's that nobody saw are counted one by one up to here: far more than any budget. */
const mostMissed = 20;

/**
 * Who brought the new run about; null when it is not a restart but somebody's start of a unit that was stopped. systemd counts its own
 * restarts in NRestarts and begins anew with every start that somebody asked for. It counts before the new run has its InvocationID
 * (systemd 257: two signals earlier), so a comparison with the unit as it was last told would find no difference.
 */
function restartedBy({ deed, ending, job }: Component, previous: Unit, unit: Unit): RestartedBy | null {
  if (deed !== null && deed.stage !== 'preparing' && deed.invocation === previous.invocationId) return 'nodemend';
  if (previous.invocationId === '') return null;
  const restartJob = ending?.job !== 0 && ending?.job === (unit.job !== 0 ? unit.job : job?.id);
  if (ending?.how === 'stopped' && !restartJob) return unit.nRestarts > 0 ? 'systemd' : null;
  return unit.nRestarts > 0 ? 'systemd' : 'other';
}

type Restarted = Omit<Extract<Transition, { type: 'component.restarted' }>, 'type' | 'component'>;

function noteRestarts(turn: Turn, component: Component, { by, reason }: Restarted, times: number): Component {
  let counted = component;
  for (let one = 0; one < Math.min(mostMissed, times); one += 1) {
    tell(turn, { type: 'component.restarted', component: component.policy.name, by, reason });
    counted = { ...counted, restarts: { ...counted.restarts, [by]: counted.restarts[by] + 1 } };
    if (by === 'systemd') counted = spend(turn, counted, 'systemd');
  }
  return counted;
}

function countRestart(turn: Turn, component: Component, previous: Unit, unit: Unit): Component {
  const by = restartedBy(component, previous, unit);
  if (by === null) return component;
  const crash = component.ending?.reason ?? 'unit.crashed';
  const reason = by === 'other' ? 'restart.foreign' : by === 'systemd' ? crash : (component.deed?.reason ?? crash);
  const before = component.ending?.how === 'stopped' ? 0 : component.nRestarts;
  const times = by === 'systemd' ? unit.nRestarts - before : 1;
  return noteRestarts(turn, component, { by, reason }, Math.max(1, times));
}

/** Of a boot that is younger than the budget's window everything has happened within it, seen or not; of an older one nobody knows when it did. */
function countUnseen(turn: Turn, component: Component, unit: Unit): Component {
  if (turn.nowMs >= component.policy.budget.perMs) return component;
  // It counts this restart already, and the run that it is for is still to be seen.
  const coming = unit.subState === 'auto-restart-queued' ? 1 : 0;
  return noteRestarts(turn, component, { by: 'systemd', reason: 'unit.crashed' }, unit.nRestarts - coming);
}

function isUnmoved(previous: Unit | null, { activeState, stateChangeAtMs, invocationId }: Unit): boolean {
  const same = previous?.stateChangeAtMs === stateChangeAtMs && previous.activeState === activeState;
  return same && previous.invocationId === invocationId;
}

/** While it was frozen, or masked, what was seen of it was no evidence; it may have been so until this very moment. */
function isReleased(previous: Unit | null, unit: Unit): boolean {
  if (previous === null) return false;
  const thawed = previous.freezerState !== 'running' && unit.freezerState === 'running';
  return thawed || (previous.loadState === 'masked' && unit.loadState !== 'masked');
}

/** What was planned for a run is not for its end, which systemd may be about to answer by itself (S11); nor the other way round. */
function isOvertaken(previous: Unit | null, unit: Unit): boolean {
  return previous !== null && hasEnded(previous) !== hasEnded(unit);
}

/** Its job, when the job's own begin was not told. */
function noticeJob(turn: Turn, component: Component, { job }: Unit): Component {
  if (job === 0 || component.job?.id === job) return component;
  observeJobStart(turn, component, job);
  return turn.components[component.policy.name] ?? component;
}

export function observeUnit(turn: Turn, found: Component, unit: Unit): void {
  const component = noticeJob(turn, found, unit);
  const previous = component.unit;
  const anew = previous !== null && unit.invocationId !== '' && unit.invocationId !== previous.invocationId;
  const known = anew ? countRestart(turn, component, previous, unit) : component;
  const counted = previous === null ? countUnseen(turn, known, unit) : known;
  const nRestarts = anew || previous === null ? unit.nRestarts : counted.nRestarts;
  // How an earlier run ended says nothing of how this one did.
  const seen: Component = { ...counted, unit, seen: true, nRestarts, ending: anew ? null : counted.ending };
  const noted = isGivenUp(component, unit)
    ? { ...seen, ending: { how: 'stopped' as const, reason: 'unit.disabled' as const, dependency: null, job: 0 } }
    : noteEnding(seen, unit, turn.components, isUnmoved(previous, unit));
  const fresh = anew
    ? { ...noted, freshFromMs: unit.inactiveExitAtMs ?? turn.nowMs, probes: freshProbes(noted, turn.nowMs) }
    : noted;
  const released = isReleased(previous, unit) ? forgetLooks(fresh, turn.nowMs) : fresh;
  put(turn, isOvertaken(previous, unit) ? dropPlan(released) : released);
  for (const other of Object.values(turn.components)) if (mayHaveGoneWith(other, unit)) askAgain(turn, other);
}

/** Its stop was not seen, and the unit that it may have gone down with has only now been read. */
function mayHaveGoneWith({ ending, unit }: Component, other: Unit): boolean {
  if (unit === null || ending?.how !== 'stopped') return false;
  return ending.dependency === null && unit.settings.stopsWith.includes(other.id);
}

function askAgain(turn: Turn, component: Component): void {
  if (component.unit !== null) put(turn, noteEnding(component, component.unit, turn.components, true));
}
