/**
 * The life of one remedy: prepared (host sampled, evidence of a running unit captured), acted (the intent is in the state before the
 * action leaves the turn: S1), verified (S10).
 */
import type { Remedial } from '../action.ts';
import type { ActionResult } from '../event.ts';
import type { Reason } from '../reason.ts';
import { spend } from './budget.ts';
import { hasEnded, isAutoRestart } from './ending.ts';
import type { Move } from './ladder.ts';
import { graceMs } from './pressure.ts';
import type { Component, Deed } from './state.ts';
import { newId, put, type Turn, tell } from './turn.ts';
import type { Unit } from './unit.ts';

/** Evidence and the sample together never hold a repair up for longer. */
const prepareMs = 2_000;
/** Beyond what systemd itself allows a job; units without a start timeout get this in its place. */
const jobSlackMs = 10_000;
const unlimitedStartMs = 300_000;
const rebootMs = 30_000;

/** How long systemd may take over a restart of the unit. */
export function jobMs(unit: Unit): number {
  const { timeoutStartMs, timeoutStopMs } = unit.settings;
  return (timeoutStartMs ?? unlimitedStartMs) + (timeoutStopMs ?? unlimitedStartMs) + jobSlackMs;
}

export function beginDeed(turn: Turn, component: Component, unit: Unit, move: Move, reason: Reason): Component {
  const deed: Deed = {
    id: newId(turn, 'action'),
    remedy: move.remedy,
    command: move.remedy === 'exec' ? move : null,
    reason,
    stage: 'preparing',
    begunAtMs: turn.nowMs,
    stageAtMs: turn.nowMs,
    stageUntilMs: turn.nowMs + prepareMs,
    sampled: false,
    evidenced: hasEnded(unit),
    invocation: unit.invocationId,
    failure: null,
  };
  turn.actions.push({ type: 'host.sample' });
  if (!hasEnded(unit)) captureEvidence(turn, component, deed, unit);
  return { ...component, deed, deferred: null };
}

/** Calls off what has not left yet; what has left cannot be called off. */
export function dropPlan(component: Component): Component {
  return component.deed?.stage === 'preparing' ? { ...component, deed: null } : component;
}

function captureEvidence(turn: Turn, component: Component, deed: Deed, unit: Unit): void {
  const { name, dumpsOnUsr1 } = component.policy;
  const incident = component.incident?.id ?? deed.id;
  const dump = dumpsOnUsr1 && !hasEnded(unit);
  turn.actions.push({ type: 'evidence.capture', id: deed.id, component: name, unit: unit.id, incident, dump });
}

export function isPrepared(deed: Deed, nowMs: number): boolean {
  return (deed.sampled && deed.evidenced) || nowMs >= deed.stageUntilMs;
}

function remedial(component: Component, unit: Unit, deed: Deed): Remedial {
  const { id, reason, remedy, command } = deed;
  const base = { id, component: component.policy.name, unit: unit.id, reason, timeoutMs: jobMs(unit) };
  // systemd counts starts that are asked for against StartLimitBurst too (docker.service: 3 in 60 s). The budget has allowed this one,
  // and a refusal would only cost the time until it is repeated.
  const resetFailed = unit.activeState === 'failed' || isAutoRestart(unit);
  if (command !== null) return { ...base, type: 'command.run', argv: command.argv, timeoutMs: command.timeoutMs };
  if (remedy === 'reboot') return { ...base, type: 'node.reboot', timeoutMs: rebootMs };
  if (remedy === 'kill') return { ...base, type: 'unit.kill' };
  // Before systemd 254 StartUnit on a unit in auto-restart waits for systemd's own delay; a restart job never does.
  if (remedy === 'start' && !isAutoRestart(unit)) return { ...base, type: 'unit.start', resetFailed };
  // A socket that systemd listens on for the service stays as it is when the service alone is restarted.
  const sockets = component.incident?.cause === 'probe.no-socket' ? unit.settings.sockets : [];
  return { ...base, type: 'unit.restart', resetFailed, sockets };
}

function countReboot(turn: Turn): void {
  const { node, nowMs } = turn;
  const reboots = [...node.reboots, { atMs: nowMs, bootId: node.bootId }].slice(-10);
  turn.node = { ...node, reboots };
}

/** The action leaves: counted against the budget, written down as intended, and told. What an operator asked for is not counted. */
export function act(turn: Turn, component: Component, unit: Unit, deed: Deed): Component {
  const action = remedial(component, unit, deed);
  turn.actions.push(action);
  // Of a unit that is down nothing is lost by looking after the repair has begun.
  if (hasEnded(unit)) captureEvidence(turn, component, deed, unit);
  const { id, remedy, reason } = deed;
  const { name } = component.policy;
  const incident = component.incident?.id ?? id;
  tell(turn, { type: 'action.begun', component: name, incident, action: id, remedy, reason });
  if (remedy === 'reboot') countReboot(turn);
  const acting: Deed = {
    ...deed,
    stage: 'acting',
    stageAtMs: turn.nowMs,
    stageUntilMs: turn.nowMs + action.timeoutMs + jobSlackMs,
    invocation: unit.invocationId,
  };
  const counted = deed.reason === 'restart.asked' ? component : spend(turn, component, 'nodemend');
  return { ...counted, deed: acting, asked: false };
}

/** How long the unit may take to come to life again after an action: its grace, which a healthy reply cuts short. */
export function beginVerifying(turn: Turn, component: Component, deed: Deed): Component {
  const { nowMs } = turn;
  const probes = Object.fromEntries(
    Object.entries(component.probes).map(([name, probe]) => [name, { ...probe, dueAtMs: nowMs }]),
  );
  const stageUntilMs = nowMs + graceMs(component, turn.node, nowMs);
  return { ...component, probes, deed: { ...deed, stage: 'verifying', stageAtMs: nowMs, stageUntilMs } };
}

export function endDeed(turn: Turn, component: Component, ok: boolean, reason: Reason, detail: string): Component {
  const { deed } = component;
  if (deed === null) return component;
  if (deed.stage !== 'preparing') {
    const { id: action, remedy } = deed;
    const incident = component.incident?.id ?? action;
    const durationMs = turn.nowMs - deed.begunAtMs;
    const { name } = component.policy;
    tell(turn, { type: 'action.ended', component: name, incident, action, remedy, ok, reason, detail, durationMs });
  }
  return { ...component, deed: null };
}

/**
 * What the performer reports. Canceled: somebody else decided, so it is left at that. Anything else is verified, a failure with no time
 * left, so that a unit which runs anew all the same is not punished for a lost reply.
 */
export function observeResult(turn: Turn, component: Component, id: string, result: ActionResult): void {
  const { deed } = component;
  if (deed === null || deed.id !== id || deed.stage !== 'acting') return;
  const { ok, reason, detail } = result;
  const waits = reason === 'action.timeout' && component.policy.startsWithPeers;
  if (reason === 'action.canceled') put(turn, endDeed(turn, component, false, reason, detail));
  else put(turn, beginVerifying(turn, component, { ...deed, failure: ok || waits ? null : { reason, detail } }));
}
