/**
 * Brings one component to rest: reads its sign, takes the cell of the table, does its effect, and again until nothing changes; then asks
 * for the looks that are due and says when the component wants to be called next.
 */
import { act, endDeed, isPrepared } from './deed.ts';
import { dependents } from './dependency.ts';
import { closeIncident } from './incident.ts';
import { freshProbes, scheduleLooks } from './looks.ts';
import { forbidding, hasten, repair, restartAsAsked, retry } from './repair.ts';
import { type Reading, readSign } from './sign.ts';
import type { Component } from './state.ts';
import { type Effect, table } from './table.ts';
import { type Turn, tell } from './turn.ts';
import type { Unit } from './unit.ts';
import { judge } from './verdict.ts';

/** A component comes to rest after three rounds at most (act, escalate, defer); more would be a circle in the table. */
const mostRounds = 6;

type Perform = (turn: Turn, component: Component, seen: Reading, unit: Unit) => Component;

function escalate(turn: Turn, component: Component, seen: Reading): Component {
  const ended = endDeed(turn, component, false, seen.reason, seen.detail);
  return ended.incident === null ? ended : { ...ended, incident: { ...ended.incident, rung: ended.incident.rung + 1 } };
}

function close(turn: Turn, component: Component, seen: Reading): Component {
  const ended = endDeed(turn, component, true, 'restart.verified', '');
  return { ...closeIncident(turn, ended, seen.reason, true), deferred: null };
}

function drop(turn: Turn, component: Component, seen: Reading): Component {
  const ended = endDeed(turn, component, false, seen.reason, seen.detail);
  return { ...closeIncident(turn, ended, seen.reason, false), deferred: null, asked: false };
}

const effects: Readonly<Record<Effect, Perform>> = {
  none: (_turn, component) => component,
  repair,
  hasten,
  retry,
  escalate,
  close,
  drop,
  abandon: (_turn, component) => ({ ...component, deed: null, asked: false }),
  restart: (turn, component, _seen, unit) => restartAsAsked(turn, component, unit),
};

/** Phases that last while their detail changes are told once, not at every look. */
function enter(turn: Turn, component: Component, to: Component['phase'], seen: Reading): Component {
  const { phase: from, policy } = component;
  if (from === to)
    return component.reason === seen.reason ? component : { ...component, reason: seen.reason, detail: seen.detail };
  tell(turn, { type: 'component.phase', component: policy.name, from, to, reason: seen.reason, detail: seen.detail });
  for (const name of dependents(policy.name, turn.components)) turn.unsettled.add(name);
  return { ...component, phase: to, reason: seen.reason, detail: seen.detail, sinceMs: turn.nowMs };
}

/** Not held any more: what was seen while the dependency was down is evidence against the dependency, and is forgotten first (S9). */
function release(turn: Turn, component: Component): Component {
  if (component.phase !== 'held' || table.held[readSign(turn, component).sign].to === 'held') return component;
  return { ...component, freshFromMs: turn.nowMs, probes: freshProbes(component, turn.nowMs) };
}

/** A prepared deed becomes an action unless something came up that forbids it meanwhile. */
function advance(turn: Turn, component: Component): Component {
  const { deed, unit } = component;
  if (deed === null || unit === null || deed.stage !== 'preparing' || !isPrepared(deed, turn.nowMs)) return component;
  return forbidding(turn) === null ? act(turn, component, unit, deed) : { ...component, deed: null };
}

/** Without a unit there is nothing to act on, only something to let go of. */
function perform(turn: Turn, component: Component, seen: Reading, effect: Effect): Component {
  if (component.unit === null) return effect === 'drop' ? drop(turn, component, seen) : component;
  return effects[effect](turn, component, seen, component.unit);
}

function settleOnce(turn: Turn, found: Component): Component {
  const component = release(turn, found);
  const seen = readSign(turn, component);
  const cell = table[component.phase][seen.sign];
  const entered = enter(turn, component, cell.to, seen);
  const done = perform(turn, entered, seen, cell.effect);
  return seen.sign === 'acting' ? advance(turn, done) : done;
}

function earliest(...times: readonly (number | null | undefined)[]): number | null {
  const known = times.filter((time): time is number => typeof time === 'number');
  return known.length === 0 ? null : Math.min(...known);
}

/** The next time at which the passing of time alone can change the sign. */
function nextWake(turn: Turn, component: Component, nextLookMs: number | null): number | null {
  const { unit, deed, deferred, pause, policy, job } = component;
  const graceEndMs = unit?.inactiveExitAtMs == null ? null : unit.inactiveExitAtMs + policy.graceMs;
  const jobEndMs = job !== null && job.endedAtMs === null ? job.startedAtMs + 5_000 : null;
  const oldest = component.spent[0];
  const budgetMs = component.phase === 'exhausted' && oldest !== undefined ? oldest.atMs + policy.budget.perMs : null;
  const future = [deed?.stageUntilMs, deferred?.untilMs, pause?.untilMs, graceEndMs, jobEndMs, budgetMs].filter(
    (time): time is number => typeof time === 'number' && time > turn.nowMs,
  );
  return earliest(nextLookMs, ...future);
}

export function settle(turn: Turn, name: string): void {
  let component = turn.components[name];
  if (component === undefined) return;
  const slotHeld = component.deed !== null && component.deed.stage !== 'verifying';
  for (let round = 0; round < mostRounds; round += 1) {
    const next = settleOnce(turn, component);
    const resting =
      next.phase === component.phase && next.deed === component.deed && next.incident === component.incident;
    component = next;
    turn.components[name] = component;
    if (resting) break;
  }
  const finding = component.unit === null ? null : judge(component, turn.node, turn.nowMs).verdict;
  const doubtful = finding === 'suspect' || finding === 'unhealthy';
  const looked = scheduleLooks(turn, component, doubtful);
  turn.components[name] = { ...looked.component, wakeAtMs: nextWake(turn, looked.component, looked.nextMs) };
  const slotFreed = slotHeld && (component.deed === null || component.deed.stage === 'verifying');
  if (slotFreed)
    for (const other of Object.values(turn.components))
      if (other.deferred?.reason === 'restart.slot-busy') turn.unsettled.add(other.policy.name);
}
