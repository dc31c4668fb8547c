/** The step of this domain: takes one event in, brings to rest what it touched, and says when to be called next. */
import type { ControlPlaneEvent, ElectEvent, Event } from '../event.ts';
import { adoptPolicy } from './adopt.ts';
import { discardEvidence, findGap, shiftBoot } from './clock.ts';
import { dropPlan, observeResult } from './deed.ts';
import { dependents } from './dependency.ts';
import { observeEvidence, observeHost, scheduleSample } from './host.ts';
import { observeJobEnd, observeJobStart } from './jobs.ts';
import { forgetLooks, observeLook } from './looks.ts';
import { observeUnit } from './observe-unit.ts';
import { beginPause, endPause, expirePauses } from './pause.ts';
import { settleReady } from './ready.ts';
import { settle } from './settle.ts';
import { isOtherBoot, startAgent, storeReason } from './start.ts';
import type { Component, State } from './state.ts';
import { beginTurn, put, type Turn, tell, unsettleAll } from './turn.ts';
import { wakeAtMs } from './wake.ts';

export type MendEvent = Exclude<Event, ControlPlaneEvent | ElectEvent>;

type Handlers = {
  readonly [Type in MendEvent['type']]: (turn: Turn, event: Extract<MendEvent, { type: Type }>) => void;
};

function ofUnit(turn: Turn, unit: string): Component | undefined {
  return Object.values(turn.components).find((component) => component.policy.unit === unit);
}

/** What was planned on what the old connection told is planned again on what the new one tells. */
function setBus(turn: Turn, bus: State['node']['bus']): void {
  turn.node = { ...turn.node, bus };
  for (const component of Object.values(turn.components)) {
    const unseen = dropPlan({ ...component, job: null, seen: false });
    put(turn, bus === 'connected' ? absolved(unseen, turn.nowMs) : unseen);
  }
}

/** While nobody could see how its dependency stood, its own looks were no evidence against it (S9). */
function absolved(component: Component, nowMs: number): Component {
  if (component.policy.after.length === 0) return component;
  return forgetLooks(component, nowMs);
}

const handlers: Handlers = {
  'agent.started': startAgent,
  'config.loaded': (turn, { policy }) => {
    adoptPolicy(turn, policy);
    tell(turn, { type: 'node.changed', reason: 'config.loaded', detail: `${policy.components.length} components` });
    unsettleAll(turn);
  },
  'config.rejected': (turn, { detail }) => tell(turn, { type: 'node.changed', reason: 'config.rejected', detail }),
  'bus.connected': (turn) => {
    tell(turn, { type: 'node.changed', reason: 'bus.connected', detail: '' });
    setBus(turn, 'connected');
  },
  'bus.lost': (turn, { detail }) => {
    if (turn.node.bus === 'connected') tell(turn, { type: 'node.changed', reason: 'bus.lost', detail });
    setBus(turn, 'lost');
  },
  'unit.changed': (turn, { unit }) => {
    const component = ofUnit(turn, unit.id);
    if (component !== undefined) observeUnit(turn, component, unit);
  },
  'job.started': (turn, { unit, job }) => {
    const component = ofUnit(turn, unit);
    if (component !== undefined) observeJobStart(turn, component, job);
  },
  'job.ended': (turn, { unit, job, result }) => {
    const component = ofUnit(turn, unit);
    if (component !== undefined) observeJobEnd(turn, component, job, result);
  },
  'shutdown.announced': (turn) => {
    turn.node = { ...turn.node, shuttingDown: true };
    tell(turn, { type: 'node.changed', reason: 'node.shutting-down', detail: '' });
    unsettleAll(turn);
  },
  'shutdown.canceled': (turn) => {
    turn.node = { ...turn.node, shuttingDown: false };
    unsettleAll(turn);
  },
  'probe.observed': (turn, { component: name, probe, observation }) => {
    const component = turn.components[name];
    if (component !== undefined) put(turn, observeLook(turn, component, probe, observation));
  },
  'evidence.captured': (turn, { id }) => observeEvidence(turn, id),
  'action.finished': (turn, { id, result }) => {
    const component = Object.values(turn.components).find((one) => one.deed?.id === id);
    if (component !== undefined) observeResult(turn, component, id, result);
  },
  'host.sampled': (turn, { sample }) => observeHost(turn, sample),
  'store.changed': (turn, { health, detail }) => {
    if (health !== turn.node.store) tell(turn, { type: 'node.changed', reason: storeReason[health], detail });
    turn.node = { ...turn.node, store: health };
  },
  'pause.asked': (turn, { component, forMs, text }) => beginPause(turn, component, forMs, text),
  'resume.asked': (turn, { component }) => endPause(turn, component),
  'restart.asked': (turn, { component: name }) => {
    const component = turn.components[name];
    if (component !== undefined && component.deed === null) put(turn, { ...component, asked: true });
  },
  tick: () => {},
};

function handle(turn: Turn, event: MendEvent): void {
  const handler = handlers[event.type] as (turn: Turn, event: MendEvent) => void;
  handler(turn, event);
}

/** Whether this domain takes any notice of it. */
export const isMendEvent = (event: Event): event is MendEvent => Object.hasOwn(handlers, event.type);

/** A component that changes phase unsettles its dependents; `after` has no cycle, so this ends. */
function settleUnsettled(turn: Turn): void {
  for (const name of turn.unsettled) {
    turn.unsettled.delete(name);
    settle(turn, name);
  }
}

function settleAll(turn: Turn): void {
  for (const { policy, wakeAtMs } of Object.values(turn.components))
    if (wakeAtMs !== null && wakeAtMs <= turn.nowMs) turn.unsettled.add(policy.name);
  for (const name of turn.unsettled)
    for (const dependent of dependents(name, turn.components)) turn.unsettled.add(dependent);
  settleUnsettled(turn);
  // Whatever ended in this turn, the slot may be free now for those that wait for it.
  for (const { policy, deferred, asked } of Object.values(turn.components))
    if (asked || deferred?.reason === 'restart.slot-busy') turn.unsettled.add(policy.name);
  settleUnsettled(turn);
}

export interface MendStep extends Pick<Turn, 'node' | 'components' | 'actions' | 'transitions'> {
  readonly wakeAtMs: number | null;
}

export function stepMend(before: State, event: MendEvent, nowMs: number): MendStep {
  const moved = event.type === 'agent.started' && isOtherBoot(before, event.bootId) ? shiftBoot(before, nowMs) : before;
  const turn = beginTurn(moved, nowMs);
  const lateMs = event.type === 'agent.started' ? null : findGap(turn);
  if (lateMs !== null) discardEvidence(turn, lateMs, lateMs);
  handle(turn, event);
  expirePauses(turn);
  settleAll(turn);
  settleReady(turn);
  scheduleSample(turn);
  turn.node = { ...turn.node, lastStepAtMs: nowMs, wakeAtMs: wakeAtMs(turn) };
  return { ...turn, wakeAtMs: turn.node.wakeAtMs };
}
