/**
 * The life of one remedy: prepared (host sampled, evidence of a running unit captured), acted (the intent is in the state before the
 * action leaves the turn: S1), verified (S10).
 */
import type { Remedial } from '../action.ts';
import type { ActionResult } from '../event.ts';
import type { Reason } from '../reason.ts';
import { spend } from './budget.ts';
import { hasEnded, isAutoRestart } from './ending.ts';
import type { Remedy, Rung } from './policy.ts';
import type { Component, Deed } from './state.ts';
import { newId, put, type Turn, tell } from './turn.ts';
import type { Unit } from './unit.ts';

/** Evidence and the sample together never hold a repair up for longer. */
const prepareMs = 2_000;
/** Beyond what systemd itself allows a job; units without a start timeout get this in its place. */
const jobSlackMs = 10_000;
const unlimitedStartMs = 300_000;
const rebootMs = 30_000;

function jobMs(unit: Unit): number {
  const { timeoutStartMs, timeoutStopMs } = unit.settings;
  return (timeoutStartMs ?? unlimitedStartMs) + (timeoutStopMs ?? unlimitedStartMs) + jobSlackMs;
}

export function beginDeed(
  turn: Turn,
  component: Component,
  unit: Unit,
  remedy: Remedy | 'start',
  reason: Reason,
): Component {
  const id = newId(turn, 'action');
  const down = hasEnded(unit);
  const deed: Deed = {
    id,
    remedy,
    reason,
    stage: 'preparing',
    begunAtMs: turn.nowMs,
    stageAtMs: turn.nowMs,
    stageUntilMs: turn.nowMs + prepareMs,
    sampled: false,
    evidenced: down,
    invocation: unit.invocationId,
  };
  turn.actions.push({ type: 'host.sample' });
  if (!down) captureEvidence(turn, component, deed, unit);
  return { ...component, deed, deferred: null };
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

function remedial(component: Component, unit: Unit, deed: Deed, rung: Rung | null): Remedial {
  const base = {
    id: deed.id,
    component: component.policy.name,
    unit: unit.id,
    reason: deed.reason,
    timeoutMs: jobMs(unit),
  };
  // systemd counts starts that are asked for against StartLimitBurst too (docker.service: 3 in 60 s). The budget has allowed this one,
  // and a refusal would only cost the time until it is repeated.
  const resetFailed = unit.activeState === 'failed' || isAutoRestart(unit);
  if (deed.remedy === 'exec' && rung?.remedy === 'exec') {
    return { ...base, type: 'command.run', argv: rung.argv, timeoutMs: rung.timeoutMs };
  }
  if (deed.remedy === 'reboot') return { ...base, type: 'node.reboot', timeoutMs: rebootMs };
  if (deed.remedy === 'kill') return { ...base, type: 'unit.kill' };
  // Before systemd 254 StartUnit on a unit in auto-restart waits for systemd's own delay; a restart job never does.
  if (deed.remedy === 'start' && !isAutoRestart(unit)) return { ...base, type: 'unit.start', resetFailed };
  return { ...base, type: 'unit.restart', resetFailed };
}

/** The action leaves: counted against the budget, written down as intended, and told. */
export function act(turn: Turn, component: Component, unit: Unit, deed: Deed): Component {
  const rung = component.policy.ladder.find((one) => one.remedy === deed.remedy) ?? null;
  const action = remedial(component, unit, deed, rung);
  turn.actions.push(action);
  // Of a unit that is down nothing is lost by looking after the repair has begun.
  if (hasEnded(unit)) captureEvidence(turn, component, deed, unit);
  const { name } = component.policy;
  const incident = component.incident?.id ?? deed.id;
  tell(turn, {
    type: 'action.begun',
    component: name,
    incident,
    action: deed.id,
    remedy: deed.remedy,
    reason: deed.reason,
  });
  if (deed.remedy === 'reboot') {
    turn.node = {
      ...turn.node,
      reboots: [...turn.node.reboots, { atMs: turn.nowMs, bootId: turn.node.bootId }].slice(-10),
    };
  }
  const acting: Deed = {
    ...deed,
    stage: 'acting',
    stageAtMs: turn.nowMs,
    stageUntilMs: turn.nowMs + action.timeoutMs + jobSlackMs,
  };
  const counted = component.asked ? component : spend(turn, component, 'nodemend');
  return { ...counted, deed: { ...acting, invocation: unit.invocationId }, asked: false };
}

/** How long the unit may take to come to life again after a done action: its grace, which a healthy reply cuts short. */
export function beginVerifying(component: Component, deed: Deed, nowMs: number): Component {
  const probes = Object.fromEntries(
    Object.entries(component.probes).map(([name, probe]) => [name, { ...probe, dueAtMs: nowMs }]),
  );
  const verifying: Deed = {
    ...deed,
    stage: 'verifying',
    stageAtMs: nowMs,
    stageUntilMs: nowMs + component.policy.graceMs,
  };
  return { ...component, probes, deed: verifying };
}

export function endDeed(turn: Turn, component: Component, ok: boolean, reason: Reason, detail: string): Component {
  const { deed } = component;
  if (deed === null) return component;
  if (deed.stage !== 'preparing') {
    const incident = component.incident?.id ?? deed.id;
    const durationMs = turn.nowMs - deed.begunAtMs;
    const { name } = component.policy;
    tell(turn, {
      type: 'action.ended',
      component: name,
      incident,
      action: deed.id,
      remedy: deed.remedy,
      ok,
      reason,
      detail,
      durationMs,
    });
  }
  return { ...component, deed: null };
}

/**
 * What the performer reports. Done: verify. Canceled: somebody else decided, so it is left at that. Anything else is verified too,
 * with no time left, so that a unit which runs anew all the same is not punished for a lost reply.
 */
export function observeResult(turn: Turn, component: Component, id: string, result: ActionResult): void {
  const { deed } = component;
  if (deed === null || deed.id !== id || deed.stage !== 'acting') return;
  if (result.reason === 'action.canceled') {
    put(turn, endDeed(turn, component, false, result.reason, result.detail));
    return;
  }
  const verifying = beginVerifying(component, deed, turn.nowMs);
  const ended =
    result.ok || verifying.deed === null
      ? verifying
      : { ...verifying, deed: { ...verifying.deed, stageUntilMs: turn.nowMs } };
  put(turn, { ...ended, detail: result.detail });
}
