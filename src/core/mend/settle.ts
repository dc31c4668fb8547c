/**
 * Brings one component to rest: reads its sign, takes the cell of the table, does its effect, and again until nothing changes; then asks
 * for the looks that are due and says when the component wants to be called next.
 */
import type { Reason } from '../reason.ts';
import { remaining } from './budget.ts';
import { act, dropPlan, endDeed, isPrepared } from './deed.ts';
import { dependents, isHolding } from './dependency.ts';
import { climb, closeIncident } from './incident.ts';
import { forgetLooks, scheduleLooks } from './looks.ts';
import type { Reading } from './reading.ts';
import { refuseReboot } from './reboot.ts';
import { answerAsk, forbidding, hasten, repair, retry } from './repair.ts';
import { readSign } from './sign.ts';
import type { Component, Deed } from './state.ts';
import { type Effect, table } from './table.ts';
import { type Turn, tell } from './turn.ts';
import type { Unit } from './unit.ts';
import { changesAtMs, earliest } from './wake.ts';

/** A component comes to rest after four rounds at most (acted, refuted, next remedy, deferred); more would be a circle in the table. */
const mostRounds = 6;

/** Reasons to act that no budget stands against. */
const beyondBudget: ReadonlySet<Reason> = new Set(['restart.asked', 'restart.half-open', 'reboot.tried']);

type Perform = (turn: Turn, component: Component, seen: Reading, unit: Unit) => Component;

function escalate(turn: Turn, component: Component, seen: Reading): Component {
  return climb(endDeed(turn, component, false, seen.reason, seen.detail));
}

function close(turn: Turn, component: Component, seen: Reading): Component {
  const ended = endDeed(turn, component, true, 'restart.verified', '');
  const closed = closeIncident(turn, ended, seen.reason, true);
  return { ...closed, deferred: closed.asked ? closed.deferred : null };
}

/** What is under way goes on without us, but its end is waited for, so that it is told and counted for what it was. */
function drop(turn: Turn, component: Component, seen: Reading): Component {
  const { deed } = component;
  if (deed?.stage === 'acting' && turn.nowMs < deed.stageUntilMs) return { ...component, deferred: null, asked: false };
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
  abandon: (_turn, component) => dropPlan(component),
};

/** Phases that last while their detail changes are told once, not at every look. */
function enter(turn: Turn, component: Component, to: Component['phase'], seen: Reading): Component {
  const { phase: from, policy } = component;
  const { reason, detail } = seen;
  if (isHolding(component) && !isHolding({ phase: to, reason })) absolve(turn, policy.name);
  if (from === to) return component.reason === reason ? component : { ...component, reason, detail };
  tell(turn, { type: 'component.phase', component: policy.name, from, to, reason, detail });
  for (const name of dependents(policy.name, turn.components)) turn.unsettled.add(name);
  return { ...component, phase: to, reason, detail, sinceMs: turn.nowMs };
}

/** The dependency is over its trouble: what its dependents' probes saw meanwhile is no evidence against them (S9). */
function absolve(turn: Turn, dependency: string): void {
  for (const [name, component] of Object.entries(turn.components))
    if (component.policy.after.includes(dependency)) turn.components[name] = forgetLooks(component, turn.nowMs);
}

/** While it waits, what is seen is evidence against the dependency (S9). An exhausted component waits as well, without being held. */
function isWaiting({ phase, reason }: Component): boolean {
  return phase === 'held' || (phase === 'exhausted' && reason === 'dependency.down');
}

/** What was seen while it waited is forgotten before anything is concluded from it; while paused or masked nobody looked at all. */
function release(turn: Turn, component: Component): Component {
  const { phase } = component;
  const waiting = isWaiting(component);
  if (!waiting && phase !== 'paused' && phase !== 'masked') return component;
  const { sign } = readSign(turn, component);
  const unseen = sign === 'blind' && phase === 'masked';
  const goesOn = waiting ? sign === 'waiting' || sign === 'blind' : sign === phase || unseen;
  return goesOn ? component : forgetLooks(component, turn.nowMs);
}

/** The budget and the right to reboot may have shrunk since it was planned: writing the intent down showed that nothing can be written (S8, S12). */
function isStillAllowed(turn: Turn, component: Component, { remedy, reason }: Deed): boolean {
  if (remedy === 'reboot' && refuseReboot(turn.node, component, turn.nowMs) !== null) return false;
  return beyondBudget.has(reason) || remaining(component, turn.node, turn.nowMs) > 0;
}

/** A planned deed becomes an action unless something came up that forbids it meanwhile. */
function advance(turn: Turn, component: Component): Component {
  const { deed, unit } = component;
  if (deed === null || unit === null || deed.stage !== 'preparing' || !isPrepared(deed, turn.nowMs)) return component;
  const allowed = forbidding(turn, component, unit) === null && isStillAllowed(turn, component, deed);
  return allowed ? act(turn, component, unit, deed) : dropPlan(component);
}

/** Without a unit there is nothing to act on, only something to let go of. */
function perform(turn: Turn, component: Component, seen: Reading, effect: Effect): Component {
  if (component.unit === null) return effect === 'drop' ? drop(turn, component, seen) : component;
  return effects[effect](turn, component, seen, component.unit);
}

function settleOnce(turn: Turn, found: Component): Component {
  const released = release(turn, found);
  const seen = readSign(turn, released);
  const component = answerAsk(turn, released, seen);
  if (component.deed !== released.deed) return component;
  const cell = table[component.phase][seen.sign];
  const entered = enter(turn, component, cell.to, seen);
  const done = perform(turn, entered, seen, cell.effect);
  return seen.sign === 'acting' ? advance(turn, done) : done;
}

export function settle(turn: Turn, name: string): void {
  let component = turn.components[name];
  if (component === undefined) return;
  for (let round = 0; round < mostRounds; round += 1) {
    const next = settleOnce(turn, component);
    const resting =
      next.phase === component.phase && next.deed === component.deed && next.incident === component.incident;
    component = next;
    turn.components[name] = component;
    if (resting) break;
  }
  const looked = scheduleLooks(turn, component);
  const changesMs = changesAtMs(turn.node, looked.component, turn.nowMs);
  turn.components[name] = { ...looked.component, wakeAtMs: earliest([changesMs, looked.nextMs]) };
}
