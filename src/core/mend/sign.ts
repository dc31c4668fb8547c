/**
 * What a component's situation comes to, as one sign. The first rule that applies wins, so the order is the order of precedence:
 * hands off before everything, then what is being done, then what systemd says, then what the probes say.
 */
import { remaining } from './budget.ts';
import { isBack, unseenBehind, waitsFor } from './dependency.ts';
import { hasEnded, isRestarting } from './ending.ts';
import { upgradeUntilMs } from './host.ts';
import { hasJob } from './jobs.ts';
import { graceMs } from './pressure.ts';
import { type Reading, read, type Sign } from './reading.ts';
import type { Component } from './state.ts';
import type { Turn } from './turn.ts';
import type { Unit } from './unit.ts';
import { judge, runsSinceMs, startsEndlessly } from './verdict.ts';
import { readVerification } from './verification.ts';

function readHandsOff(turn: Turn, component: Component): Reading | null {
  const { unit, pause } = component;
  const set = pause ?? turn.node.pause;
  if (set !== null) return read('paused', 'pause.set', set.text);
  if (turn.node.bus !== 'connected') return read('blind', turn.node.bus === 'lost' ? 'bus.lost' : 'component.unseen');
  if (unit === null || !component.seen) return read('blind', 'component.unseen');
  if (unit.loadState === 'not-found') return read('absent', 'unit.absent', unit.id);
  if (unit.loadState === 'masked' || unit.unitFileState.startsWith('masked'))
    return read('masked', 'unit.masked', unit.id);
  if (unit.freezerState === 'frozen' || unit.freezerState === 'freezing') return read('paused', 'unit.frozen', unit.id);
  const resting = hasEnded(unit) && component.deed?.stage !== 'acting' && !hasJob(component, unit, turn.nowMs);
  return resting ? readStopped(turn, component) : null;
}

/** A stopped unit stays stopped, but for one that went down with its dependency once that is back (S3). */
function readStopped(turn: Turn, { ending, unit }: Component): Reading | null {
  if (ending?.how !== 'stopped') return null;
  const { dependency } = ending;
  const disabled = unit?.unitFileState === 'disabled';
  if (dependency === null) return read('stopped', disabled ? 'unit.disabled' : ending.reason);
  const back = isBack(dependency, turn.components, turn.nowMs) && upgradeUntilMs(turn.node, turn.nowMs) === null;
  return back ? null : read('stopped', 'unit.stopped-by-dependency', dependency);
}

/** Trouble that calls for an action: the dependency comes first, and without a budget there is none. */
function readTrouble(turn: Turn, component: Component, trouble: Reading): Reading {
  const dependency = waitsFor(component, turn.components, turn.nowMs);
  if (dependency !== null) return read('waiting', 'dependency.down', dependency);
  if (remaining(component, turn.node, turn.nowMs) > 0) return trouble;
  return { ...trouble, sign: 'spent', reason: 'restart.budget-spent', detail: trouble.reason };
}

/** Trouble of a unit that runs: a dependency that nobody looks at may be to blame. */
function readHung(turn: Turn, component: Component, trouble: Reading): Reading {
  const unseen = unseenBehind(component, turn.components);
  return unseen === null ? readTrouble(turn, component, trouble) : read('waiting', 'dependency.down', unseen);
}

function readEnded(turn: Turn, component: Component, unit: Unit): Reading {
  const { ending } = component;
  const trouble =
    ending?.how === 'stopped'
      ? read('down', 'unit.dependency-back', ending.dependency ?? '')
      : read(isRestarting(unit, turn.nowMs) ? 'restarting' : 'down', ending?.reason ?? 'unit.crashed', unit.subState);
  return readTrouble(turn, component, trouble);
}

function readActivating(turn: Turn, component: Component, unit: Unit): Reading {
  return startsEndlessly(component, turn.nowMs)
    ? readHung(turn, component, read('hung', 'unit.timeout', unit.subState))
    : read('starting', 'unit.starting', unit.subState);
}

function readActive(turn: Turn, component: Component): Reading {
  const { verdict, reason, detail, sinceMs } = judge(component, turn.node, turn.nowMs);
  const young = turn.nowMs < runsSinceMs(component) + graceMs(component, turn.node, turn.nowMs);
  if (verdict === 'initializing') return read('starting', 'probe.initializing', detail);
  // Out of its budget, a unit that crashes again and again is not believed before it has lasted.
  if (young && (verdict !== 'healthy' || component.phase === 'exhausted'))
    return read('starting', 'unit.starting', detail);
  if (verdict === 'healthy') return read('fine', 'component.healthy');
  if (verdict === 'unknown') return read(reason === 'component.unseen' ? 'unseen' : 'dim', reason, detail);
  const trouble = read(verdict === 'suspect' ? 'shaky' : 'hung', reason, detail, sinceMs);
  if (verdict === 'unhealthy') return readHung(turn, component, trouble);
  return waitsFor(component, turn.components, turn.nowMs) === null ? trouble : readTrouble(turn, component, trouble);
}

function readUnit(turn: Turn, component: Component, unit: Unit): Reading {
  if (unit.activeState === 'deactivating') return read('changing', 'unit.stopping', unit.subState);
  if (hasEnded(unit))
    return hasJob(component, unit, turn.nowMs)
      ? read('changing', 'unit.starting', unit.subState)
      : readEnded(turn, component, unit);
  if (unit.activeState === 'activating') return readActivating(turn, component, unit);
  return readActive(turn, component);
}

/** The signs under which a planned remedy is still asked for. */
const wanting: ReadonlySet<Sign> = new Set(['down', 'restarting', 'hung', 'spent']);

export function readSign(turn: Turn, component: Component): Reading {
  const handsOff = readHandsOff(turn, component);
  if (handsOff !== null) return handsOff;
  const { unit, deed } = component;
  if (unit === null) return read('blind', 'component.unseen');
  if (deed !== null && deed.stage !== 'preparing') return readVerification(turn, component, unit, deed);
  const base = readUnit(turn, component, unit);
  if (deed === null) return base;
  const asked = deed.reason === 'restart.asked' && base.sign !== 'changing';
  return asked || wanting.has(base.sign)
    ? read('acting', deed.reason, deed.remedy, base.sinceMs)
    : read('moot', 'restart.moot', base.reason);
}
