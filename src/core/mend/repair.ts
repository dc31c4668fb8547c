/**
 * Whether something may be done now, and what: the gates before an action, in the order in which they are told. Every refusal has a
 * reason and, where it is known, a time.
 */
import type { Reason } from '../reason.ts';
import { mayHasten } from './budget.ts';
import { beginDeed } from './deed.ts';
import { hasEnded, isAutoRestart } from './ending.ts';
import { openIncident } from './incident.ts';
import { chooseRung, endsContainers, isSilent, remedyFor } from './ladder.ts';
import type { Rung } from './policy.ts';
import { refuseReboot } from './reboot.ts';
import type { Reading } from './sign.ts';
import type { Component } from './state.ts';
import { jittered, type Turn, tell } from './turn.ts';
import type { Unit } from './unit.ts';

/** What systemd would leave down for longer than this is started at once (S11). */
export const tolerableDelayMs = 1_000;
/** A package manager that holds its lock for longer is not waited for any more. */
const longestUpgradeMs = 30 * 60_000;

interface Gate {
  readonly reason: Reason;
  readonly untilMs: number | null;
}

/** One disruptive action at a time per node (S2); starting what is down disrupts nothing. */
function slotIsBusy(turn: Turn, component: Component): boolean {
  return Object.values(turn.components).some((other) => {
    const deed = other.policy.name === component.policy.name ? null : other.deed;
    return deed !== null && deed.stage !== 'verifying' && deed.remedy !== 'start';
  });
}

function upgradeEndsBy(turn: Turn): number | null {
  const { sample, upgradeSinceMs } = turn.node;
  if (sample?.packageManager === null || sample === null || upgradeSinceMs === null) return null;
  const untilMs = upgradeSinceMs + longestUpgradeMs;
  return untilMs > turn.nowMs ? untilMs : null;
}

/** What forbids any action now, whoever wants it. */
export function forbidding(turn: Turn): Gate | null {
  if (turn.node.shuttingDown) return { reason: 'node.shutting-down', untilMs: null };
  const upgradeUntilMs = upgradeEndsBy(turn);
  return upgradeUntilMs === null ? null : { reason: 'node.upgrading', untilMs: upgradeUntilMs };
}

function refusal(turn: Turn, component: Component, unit: Unit, rung: Rung | null): Gate | null {
  const forbidden = forbidding(turn);
  if (forbidden !== null) return forbidden;
  if (rung === null) return { reason: 'restart.no-remedy', untilMs: null };
  if (endsContainers(component.policy, unit)) return { reason: 'restart.shared-group', untilMs: null };
  if (component.notBeforeMs > turn.nowMs) return { reason: 'restart.backoff', untilMs: component.notBeforeMs };
  if (!hasEnded(unit) && slotIsBusy(turn, component)) return { reason: 'restart.slot-busy', untilMs: null };
  const refused = rung.remedy === 'reboot' ? refuseReboot(turn.node, component, turn.nowMs) : null;
  return refused === null ? null : { reason: refused, untilMs: null };
}

export function defer(turn: Turn, component: Component, gate: Gate): Component {
  if (component.deferred?.reason === gate.reason && component.deferred.untilMs === gate.untilMs) return component;
  if (component.deferred?.reason !== gate.reason) {
    tell(turn, {
      type: 'action.deferred',
      component: component.policy.name,
      reason: gate.reason,
      untilMs: gate.untilMs,
    });
  }
  return { ...component, deferred: gate };
}

function attempt(turn: Turn, component: Component, unit: Unit, cause: Reason, reason: Reason): Component {
  const rung = chooseRung(component, unit, cause);
  const refused = refusal(turn, component, unit, rung);
  if (refused !== null || rung === null)
    return defer(turn, component, refused ?? { reason: 'restart.no-remedy', untilMs: null });
  return beginDeed(turn, component, unit, remedyFor(rung, unit), rung.remedy === 'reboot' ? 'reboot.tried' : reason);
}

function reasonFor(unit: Unit, cause: Reason): Reason {
  if (hasEnded(unit)) return 'restart.down';
  return isSilent(cause) ? 'restart.hung' : 'restart.unhealthy';
}

export function repair(turn: Turn, component: Component, seen: Reading, unit: Unit): Component {
  const opened = openIncident(turn, component, seen.reason, seen.detail, seen.sinceMs);
  return attempt(turn, opened, unit, seen.reason, reasonFor(unit, seen.reason));
}

/** systemd is going to restart it by itself: left to it, but for the first crash in a window with a long delay. */
export function hasten(turn: Turn, component: Component, seen: Reading, unit: Unit): Component {
  const opened = openIncident(turn, component, seen.reason, seen.detail, seen.sinceMs);
  const slow = unit.settings.restartMs > tolerableDelayMs;
  const startable = component.policy.ladder.some((rung) => rung.remedy === 'restart');
  const gate = forbidding(turn);
  if (gate !== null) return defer(turn, opened, gate);
  if (!slow || !startable || !mayHasten(opened, turn.node, turn.nowMs))
    return defer(turn, opened, { reason: 'systemd.restarting', untilMs: null });
  return beginDeed(turn, opened, unit, 'start', 'restart.first-crash');
}

/** Out of budget: one attempt per longest back-off, for ever (S8); while systemd itself is at it, that is the attempt. */
export function retry(turn: Turn, component: Component, seen: Reading, unit: Unit): Component {
  const cause = component.incident?.cause ?? component.ending?.reason ?? seen.reason;
  const opened = openIncident(turn, component, cause, seen.detail, seen.sinceMs);
  const entering = component.deferred?.reason !== 'restart.budget-spent';
  const due = !entering && turn.nowMs >= opened.notBeforeMs;
  if (due && !isAutoRestart(unit)) return attempt(turn, opened, unit, cause, 'restart.half-open');
  const { maxMs, jitter } = opened.policy.backoff;
  const late =
    entering || due ? Math.max(opened.notBeforeMs, turn.nowMs + jittered(turn, maxMs, jitter)) : opened.notBeforeMs;
  return defer(turn, { ...opened, notBeforeMs: late }, { reason: 'restart.budget-spent', untilMs: late });
}

/** An operator asked: neither budget nor back-off stands in the way, the rest does. */
export function restartAsAsked(turn: Turn, component: Component, unit: Unit): Component {
  const gate =
    forbidding(turn) ?? (slotIsBusy(turn, component) ? { reason: 'restart.slot-busy' as const, untilMs: null } : null);
  return gate === null ? beginDeed(turn, component, unit, 'restart', 'restart.asked') : defer(turn, component, gate);
}
