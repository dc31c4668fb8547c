/**
 * Whether something may be done now, and what: the gates before an action, in the order in which they are told. Every refusal has a
 * reason and, where it is known, a time.
 */
import type { Reason } from '../reason.ts';
import { halfOpenAtMs, mayHasten } from './budget.ts';
import { beginDeed } from './deed.ts';
import { hasEnded, isRestarting } from './ending.ts';
import { upgradeUntilMs } from './host.ts';
import { openIncident } from './incident.ts';
import { hasJob } from './jobs.ts';
import { chooseRung, endsContainers, isSilent, type Move, moveFor } from './ladder.ts';
import type { Reading, Sign } from './reading.ts';
import { refuseReboot } from './reboot.ts';
import type { Component } from './state.ts';
import { type Turn, tell } from './turn.ts';
import type { Unit } from './unit.ts';
import { startsEndlessly } from './verdict.ts';

/** What systemd would leave down for longer than this is started at once (S11). */
export const tolerableDelayMs = 1_000;

interface Gate {
  readonly reason: Reason;
  readonly untilMs: number | null;
}

/**
 * One disruptive action at a time per node (S2). Starting what is down disrupts nothing, so it neither takes the slot nor waits for it;
 * but a reboot would disrupt even that.
 */
function slotIsBusy(turn: Turn, component: Component, move: Move): boolean {
  if (move.remedy === 'start') return false;
  return Object.values(turn.components).some((other) => {
    const deed = other.policy.name === component.policy.name ? null : other.deed;
    return deed !== null && deed.stage !== 'verifying' && (deed.remedy !== 'start' || move.remedy === 'reboot');
  });
}

/** What forbids any action now, whoever wants it. */
export function forbidding(turn: Turn, component: Component, unit: Unit): Gate | null {
  if (turn.node.shuttingDown) return { reason: 'node.shutting-down', untilMs: null };
  const untilMs = upgradeUntilMs(turn.node, turn.nowMs);
  if (untilMs !== null) return { reason: 'node.upgrading', untilMs };
  // The job of an endless start is the very thing that hangs; a restart job takes its place.
  const busy = hasJob(component, unit, turn.nowMs) && !startsEndlessly(component, turn.nowMs);
  return busy ? { reason: 'restart.job-busy', untilMs: null } : null;
}

export function defer(turn: Turn, component: Component, gate: Gate): Component {
  const { deferred, policy } = component;
  if (deferred?.reason === gate.reason && deferred.untilMs === gate.untilMs) return component;
  if (deferred?.reason !== gate.reason)
    tell(turn, { type: 'action.deferred', component: policy.name, reason: gate.reason, untilMs: gate.untilMs });
  return { ...component, deferred: gate };
}

/** The next remedy of the ladder, when nothing stands in its way. `early` tells a back-off that is not over. */
function attempt(
  turn: Turn,
  component: Component,
  unit: Unit,
  { cause, reason, early }: { readonly cause: Reason; readonly reason: Reason; readonly early: Reason },
): Component {
  const forbidden = forbidding(turn, component, unit);
  if (forbidden !== null) return defer(turn, component, forbidden);
  if (component.notBeforeMs > turn.nowMs)
    return defer(turn, component, { reason: early, untilMs: component.notBeforeMs });
  const refused = refuseReboot(turn.node, component, turn.nowMs);
  const wished = chooseRung(component, unit, cause, true);
  const rung = chooseRung(component, unit, cause, refused === null);
  if (rung === null) {
    const why = endsContainers(component.policy, unit) ? 'restart.shared-group' : 'restart.no-remedy';
    return defer(turn, component, { reason: (wished === null ? null : refused) ?? why, untilMs: null });
  }
  const move = moveFor(rung, unit);
  if (slotIsBusy(turn, component, move)) return defer(turn, component, { reason: 'restart.slot-busy', untilMs: null });
  if (refused !== null && wished?.remedy === 'reboot')
    tell(turn, { type: 'action.deferred', component: component.policy.name, reason: refused, untilMs: null });
  return beginDeed(turn, component, unit, move, move.remedy === 'reboot' ? 'reboot.tried' : reason);
}

function reasonFor(unit: Unit, cause: Reason): Reason {
  if (hasEnded(unit)) return 'restart.down';
  return isSilent(cause) ? 'restart.hung' : 'restart.unhealthy';
}

export function repair(turn: Turn, component: Component, { cause, detail, sinceMs }: Reading, unit: Unit): Component {
  const opened = openIncident(turn, component, cause, detail, sinceMs);
  return attempt(turn, opened, unit, { cause, reason: reasonFor(unit, cause), early: 'restart.backoff' });
}

/**
 * systemd is going to restart it by itself: left to it, but for the first crash in a window with a long delay. What ends again before it was ever
 * well has been tried: only a first crash is hastened past the back-off, however large the budget (S8).
 */
export function hasten(turn: Turn, component: Component, { cause, detail, sinceMs }: Reading, unit: Unit): Component {
  const tried = component.incident !== null && component.notBeforeMs > turn.nowMs;
  const opened = openIncident(turn, component, cause, detail, sinceMs);
  const slow = unit.settings.restartMs > tolerableDelayMs;
  const startable = component.policy.ladder.some((rung) => rung.remedy === 'restart');
  const gate = forbidding(turn, component, unit);
  if (gate !== null) return defer(turn, opened, gate);
  if (!slow || !startable || tried || !mayHasten(opened, turn.node, turn.nowMs))
    return defer(turn, opened, { reason: 'systemd.restarting', untilMs: null });
  return beginDeed(turn, opened, unit, { remedy: 'start' }, 'restart.first-crash');
}

/** Out of budget: one attempt per longest back-off, for ever (S8); while systemd itself is at it, that is the attempt. */
export function retry(turn: Turn, component: Component, { cause, detail, sinceMs }: Reading, unit: Unit): Component {
  const opened = openIncident(turn, component, cause, detail, sinceMs);
  if (isRestarting(unit, turn.nowMs)) return defer(turn, opened, { reason: 'restart.budget-spent', untilMs: null });
  const waiting = { ...opened, notBeforeMs: halfOpenAtMs(opened) };
  return attempt(turn, waiting, unit, { cause, reason: 'restart.half-open', early: 'restart.budget-spent' });
}

/** Signs under which what an operator asked for has to wait. Where hands are off it is dropped. */
const unanswered: ReadonlySet<Sign> = new Set(['blind', 'paused', 'absent', 'masked', 'stopped', 'changing']);

/** An operator asked for a restart: neither budget nor back-off stands in the way, the rest does. */
export function answerAsk(turn: Turn, component: Component, { sign }: Reading): Component {
  const { asked, deed, unit, deferred } = component;
  if (!asked || deed !== null || unit === null || unanswered.has(sign)) return component;
  const move: Move = { remedy: 'restart' };
  const busy = slotIsBusy(turn, component, move) ? { reason: 'restart.slot-busy' as const, untilMs: null } : null;
  const gate = forbidding(turn, component, unit) ?? busy;
  if (gate === null) return beginDeed(turn, component, unit, move, 'restart.asked');
  return deferred === null ? defer(turn, component, gate) : component;
}
