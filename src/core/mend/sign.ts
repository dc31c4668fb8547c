/**
 * What a component's situation comes to, as one sign. The first rule that applies wins, so the order is the order of precedence:
 * hands off before everything, then what is being done, then what systemd says, then what the probes say.
 */
import type { Reason } from '../reason.ts';
import { remaining } from './budget.ts';
import { waitsFor } from './dependency.ts';
import { hasEnded, isAutoRestart } from './ending.ts';
import type { Component, Deed } from './state.ts';
import type { Turn } from './turn.ts';
import type { Unit } from './unit.ts';
import { ageMs, judge } from './verdict.ts';

export const signs = [
  'blind',
  'paused',
  'absent',
  'masked',
  'stopped',
  'waiting',
  'changing',
  'starting',
  'acting',
  'verifying',
  'verified',
  'unverified',
  'moot',
  'asked',
  'restarting',
  'down',
  'hung',
  'spent',
  'shaky',
  'unseen',
  'dim',
  'fine',
] as const;

export type Sign = (typeof signs)[number];

export interface Reading {
  readonly sign: Sign;
  readonly reason: Reason;
  readonly detail: string;
  /** When it began, where that is known to be earlier than now. */
  readonly sinceMs: number | null;
}

const read = (sign: Sign, reason: Reason, detail = '', sinceMs: number | null = null): Reading => ({
  sign,
  reason,
  detail,
  sinceMs,
});

/** A job whose end was not told is believed for so long after systemd has said that the unit has none. */
const lostJobMs = 5_000;

/** Somebody's job is under way for the unit; ours never gets in between (S2). */
function hasJob(component: Component, unit: Unit, nowMs: number): boolean {
  if (unit.job !== 0) return true;
  const { job } = component;
  return job !== null && job.endedAtMs === null && nowMs - job.startedAtMs < lostJobMs;
}

function readHandsOff(turn: Turn, component: Component): Reading | null {
  const { unit, pause, ending, phase } = component;
  const set = pause ?? turn.node.pause;
  if (set !== null) return read('paused', 'pause.set', set.text);
  if (turn.node.bus !== 'connected') return read('blind', turn.node.bus === 'lost' ? 'bus.lost' : 'component.unseen');
  if (unit === null || !component.seen) return read('blind', 'component.unseen');
  if (unit.loadState === 'not-found') return read('absent', 'unit.absent', unit.id);
  if (unit.loadState === 'masked' || unit.unitFileState.startsWith('masked'))
    return read('masked', 'unit.masked', unit.id);
  if (unit.freezerState === 'frozen' || unit.freezerState === 'freezing') return read('paused', 'unit.frozen', unit.id);
  if (
    ending?.how !== 'stopped' ||
    !hasEnded(unit) ||
    component.deed?.stage === 'acting' ||
    hasJob(component, unit, turn.nowMs)
  )
    return null;
  return readStopped(turn, component, phase === 'absent');
}

/** A stopped unit stays stopped, but for one that went down with its dependency once that is back (S3). */
function readStopped(turn: Turn, component: Component, installed: boolean): Reading {
  const dependency = component.ending?.dependency ?? null;
  if (dependency === null || installed) return read('stopped', component.ending?.reason ?? 'unit.stopped');
  const back = turn.components[dependency]?.phase === 'healthy' && (turn.node.sample?.packageManager ?? null) === null;
  return back
    ? read('down', 'unit.dependency-back', dependency)
    : read('stopped', 'unit.stopped-by-dependency', dependency);
}

function readVerification(turn: Turn, component: Component, unit: Unit, deed: Deed): Reading {
  const anew = unit.invocationId !== '' && unit.invocationId !== deed.invocation;
  if (anew && unit.activeState === 'active') {
    const finding = judge(component, turn.node, turn.nowMs);
    if (finding.verdict === 'healthy') return read('verified', 'restart.verified');
    if (finding.verdict === 'initializing') return read('verifying', 'probe.initializing', finding.detail);
  }
  const endedAgain = anew && hasEnded(unit) && !hasJob(component, unit, turn.nowMs);
  if (endedAgain) return read('unverified', component.ending?.reason ?? 'unit.crashed');
  if (turn.nowMs >= deed.stageUntilMs) return read('unverified', 'restart.not-verified');
  return read('verifying', 'restart.verifying', deed.remedy);
}

/** The signs under which a prepared remedy is still asked for. */
const wanting: ReadonlySet<Sign> = new Set(['down', 'restarting', 'hung', 'spent']);

function readDeed(turn: Turn, component: Component, unit: Unit, deed: Deed): Reading {
  if (deed.stage === 'acting') return read('acting', deed.reason, deed.remedy);
  if (deed.stage === 'verifying') return readVerification(turn, component, unit, deed);
  const base = readUnit(turn, component, unit);
  const stillWanted = component.asked || wanting.has(base.sign);
  return stillWanted
    ? read('acting', deed.reason, deed.remedy, base.sinceMs)
    : read('moot', 'restart.moot', base.reason);
}

function readEnded(turn: Turn, component: Component, unit: Unit): Reading {
  const reason = component.ending?.reason ?? 'unit.crashed';
  const left = remaining(component, turn.node, turn.nowMs);
  const dependency = waitsFor(component, turn.components);
  if (dependency !== null) return read('waiting', 'dependency.down', dependency);
  if (isAutoRestart(unit))
    return left > 0 ? read('restarting', reason, 'systemd restarts it') : read('spent', 'restart.budget-spent', reason);
  return left > 0 ? read('down', reason) : read('spent', 'restart.budget-spent', reason);
}

function readActive(turn: Turn, component: Component): Reading {
  const finding = judge(component, turn.node, turn.nowMs);
  const young = ageMs(component, turn.nowMs) < component.policy.graceMs;
  if (finding.verdict === 'initializing') return read('starting', 'probe.initializing', finding.detail);
  if (finding.verdict === 'healthy')
    return young && component.phase === 'exhausted'
      ? read('starting', 'unit.starting')
      : read('fine', 'component.healthy');
  if (young) return read('starting', 'unit.starting', finding.detail);
  if (finding.reason === 'component.unseen') return read('unseen', 'component.unseen');
  if (finding.verdict === 'unknown') return read('dim', finding.reason, finding.detail);
  const dependency = waitsFor(component, turn.components);
  if (dependency !== null) return read('waiting', 'dependency.down', dependency);
  if (finding.verdict === 'suspect') return read('shaky', finding.reason, finding.detail, finding.sinceMs);
  const left = remaining(component, turn.node, turn.nowMs);
  return read(
    left > 0 ? 'hung' : 'spent',
    left > 0 ? finding.reason : 'restart.budget-spent',
    finding.detail,
    finding.sinceMs,
  );
}

function readUnit(turn: Turn, component: Component, unit: Unit): Reading {
  const changing = unit.activeState === 'deactivating' || (hasEnded(unit) && hasJob(component, unit, turn.nowMs));
  if (changing) return read('changing', unit.activeState === 'deactivating' ? 'unit.stopping' : 'unit.starting');
  if (hasEnded(unit)) return readEnded(turn, component, unit);
  if (unit.activeState === 'activating') return read('starting', 'unit.starting', unit.subState);
  return readActive(turn, component);
}

export function readSign(turn: Turn, component: Component): Reading {
  const handsOff = readHandsOff(turn, component);
  if (handsOff !== null) return handsOff;
  const { unit, deed } = component;
  if (unit === null) return read('blind', 'component.unseen');
  if (deed !== null) return readDeed(turn, component, unit, deed);
  const base = readUnit(turn, component, unit);
  return component.asked && base.sign !== 'changing' ? read('asked', 'restart.asked') : base;
}
