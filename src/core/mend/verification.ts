/** What has come of an action that has left: under way, being verified, proved or refuted (S10). */
import { jobMs } from './deed.ts';
import { hasEnded, isAutoRestart } from './ending.ts';
import { hasJob } from './jobs.ts';
import { graceMs } from './pressure.ts';
import { type Reading, read } from './reading.ts';
import type { Component, Deed, NodeState } from './state.ts';
import type { Turn } from './turn.ts';
import type { Unit } from './unit.ts';
import { judge } from './verdict.ts';

/** systemd is still at it: an agent that has come back finds the job of its predecessor under way. */
function isMoving(component: Component, unit: Unit, nowMs: number): boolean {
  const changing = unit.activeState === 'activating' || unit.activeState === 'deactivating';
  return (changing && !isAutoRestart(unit)) || hasJob(component, unit, nowMs);
}

/** A command need not start the unit anew to mend it. */
function runsAnew(unit: Unit, deed: Deed): boolean {
  return deed.remedy === 'exec' || (unit.invocationId !== '' && unit.invocationId !== deed.invocation);
}

/**
 * When the verification ends without proof at the latest: a unit that has just come up has its grace to prove itself. null: that cannot be said, its peers
 * have to be there first.
 */
export function verdictDueAtMs(
  node: NodeState,
  component: Component,
  unit: Unit,
  deed: Deed,
  nowMs: number,
): number | null {
  const upAtMs = runsAnew(unit, deed) && unit.activeState === 'active' ? unit.activeEnterAtMs : null;
  const moving = isMoving(component, unit, nowMs);
  if (moving && component.policy.startsWithPeers) return null;
  const untilMs = moving ? deed.stageAtMs + jobMs(unit) : (upAtMs ?? -Infinity) + graceMs(component, node, nowMs);
  return Math.max(deed.stageUntilMs, untilMs);
}

export function readVerification(turn: Turn, component: Component, unit: Unit, deed: Deed): Reading {
  const { nowMs } = turn;
  if (deed.stage === 'acting') {
    const lost = nowMs >= deed.stageUntilMs;
    return lost ? read('unverified', 'action.timeout', deed.remedy) : read('acting', deed.reason, deed.remedy);
  }
  const anew = runsAnew(unit, deed);
  if (anew && unit.activeState === 'active') {
    const finding = judge(component, turn.node, nowMs);
    if (finding.verdict === 'healthy') return read('verified', 'restart.verified');
    if (finding.verdict === 'initializing') return read('verifying', 'probe.initializing', finding.detail);
  }
  if (deed.failure !== null) return read('unverified', deed.failure.reason, deed.failure.detail);
  if (anew && hasEnded(unit) && !hasJob(component, unit, nowMs))
    return read('unverified', component.ending?.reason ?? 'unit.crashed', unit.subState);
  const dueAtMs = verdictDueAtMs(turn.node, component, unit, deed, nowMs);
  if (dueAtMs !== null && nowMs >= dueAtMs) return read('unverified', 'restart.not-verified');
  return read('verifying', 'restart.verifying', deed.remedy);
}
