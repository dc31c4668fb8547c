/**
 * Alerting as one function: the same state, event and time give the same result. It hears of transitions and decides who is told what, when and how
 * often; it knows nothing of mending and nothing waits for it.
 */
import type { AlertEvent, AlertTransition, SendAlert, Standing } from './event.ts';
import { enqueue, gather, sendNext, takeResult } from './queue.ts';
import { isNews, repeatAtMs, wants } from './route.ts';
import { type Begins, keyOf, type Sign, signsOf } from './sign.ts';
import { type Alert, type AlertState, initialTarget, type TargetState } from './state.ts';

export interface AlertStep {
  readonly state: AlertState;
  readonly actions: readonly SendAlert[];
  readonly transitions: readonly AlertTransition[];
  readonly wakeAtMs: number | null;
}

interface Turn {
  readonly nowMs: number;
  serial: number;
  alerts: Record<string, Alert>;
  targets: Record<string, TargetState>;
  readonly actions: SendAlert[];
  readonly transitions: AlertTransition[];
}

/** News is gathered for the target's time from the first piece on; what is urgent waits for nothing. */
function expectNews(turn: Turn, alert: Alert, urgent: boolean): void {
  for (const [name, target] of Object.entries(turn.targets)) {
    if (!isNews(target, alert)) continue;
    const atMs = urgent ? turn.nowMs : Math.min(target.gatherAtMs ?? Infinity, turn.nowMs + target.policy.waitMs);
    turn.targets[name] = { ...target, gatherAtMs: atMs };
  }
}

function begin(turn: Turn, sign: Begins, wallMs: number): void {
  const { begins: key, component, reason, detail, always = false, urgent = false, forMs } = sign;
  const known = turn.alerts[key];
  if (known?.endedWallMs === null) return;
  const endAtMs = forMs === undefined ? null : turn.nowMs + forMs;
  // Two of one key within a millisecond are told apart all the same.
  const sinceWallMs = Math.max(wallMs, (known?.sinceWallMs ?? -1) + 1);
  const alert: Alert = { key, component, reason, detail, sinceWallMs, endedWallMs: null, endAtMs, always };
  turn.alerts[key] = alert;
  expectNews(turn, alert, urgent);
}

function end(turn: Turn, key: string, wallMs: number): void {
  const known = turn.alerts[key];
  if (known === undefined || known.endedWallMs !== null) return;
  const ended = { ...known, endedWallMs: Math.max(wallMs, known.sinceWallMs) };
  turn.alerts[key] = ended;
  expectNews(turn, ended, false);
}

function follow(turn: Turn, sign: Sign, wallMs: number): void {
  if ('ends' in sign) end(turn, sign.ends, wallMs);
  else begin(turn, sign, wallMs);
}

/** What was told while nobody listened: between the death of an agent and its next start, or of a component that is not supervised any more. */
function reconcile(turn: Turn, components: readonly Standing[], storeOk: boolean, wallMs: number): void {
  const standing = new Map(components.map((one) => [one.name, one]));
  for (const { key, component } of Object.values(turn.alerts)) {
    if (component === null) continue;
    const now = standing.get(component);
    const stale =
      now === undefined ||
      (key === keyOf('exhausted', component) && !now.exhausted) ||
      (key !== keyOf('exhausted', component) && key !== keyOf('pause', component) && now.incident === null);
    if (stale) end(turn, key, wallMs);
  }
  if (storeOk) end(turn, keyOf('store', null), wallMs);
  for (const { name, incident, exhausted } of components) {
    const missed = { component: name, detail: '' };
    if (incident !== null) begin(turn, { ...missed, begins: keyOf('incident', name), reason: incident }, wallMs);
    if (exhausted)
      begin(
        turn,
        { ...missed, begins: keyOf('exhausted', name), reason: 'restart.budget-spent', always: true },
        wallMs,
      );
  }
}

/** Monotonic time begins anew with a boot: what counted from the earlier one counts from now. */
function startAnew(state: AlertState, bootId: string, nowMs: number): AlertState {
  const sameBoot = state.bootId === bootId;
  const targets = Object.entries(state.targets).map(([name, target]): [string, TargetState] => {
    const told = Object.entries(target.told).map(([key, telling]) => [key, { ...telling, atMs: nowMs }] as const);
    const later = sameBoot ? {} : { told: Object.fromEntries(told), gatherAtMs: nowMs, notBeforeMs: 0 };
    return [name, { ...target, sending: null, ...later }];
  });
  const alerts = Object.entries(state.alerts).map(([key, alert]): [string, Alert] => {
    const lasts = alert.endAtMs !== null && !sameBoot;
    return [key, lasts ? { ...alert, endAtMs: nowMs } : alert];
  });
  return { ...state, bootId, targets: Object.fromEntries(targets), alerts: Object.fromEntries(alerts) };
}

function apply(turn: Turn, event: AlertEvent): void {
  switch (event.type) {
    case 'alert.started':
      return;
    case 'alert.policy':
      turn.targets = Object.fromEntries(
        event.targets.map((policy) => [
          policy.name,
          { ...(turn.targets[policy.name] ?? initialTarget(policy)), policy },
        ]),
      );
      for (const alert of Object.values(turn.alerts)) expectNews(turn, alert, false);
      return;
    case 'alert.standing':
      reconcile(turn, event.components, event.storeOk, event.wallMs);
      return;
    case 'alert.orphaned':
      for (const key of event.keys) end(turn, key, event.wallMs);
      return;
    case 'alert.told':
      for (const sign of signsOf(event.transition)) follow(turn, sign, event.wallMs);
      return;
    case 'alert.sent': {
      const target = turn.targets[event.target];
      if (target === undefined || target.sending !== event.id) return;
      turn.targets[event.target] = takeResult(target, event.result, turn.nowMs, (told) => turn.transitions.push(told));
      return;
    }
    case 'alert.tick':
      for (const { key, endAtMs } of Object.values(turn.alerts))
        if (endAtMs !== null && turn.nowMs >= endAtMs) end(turn, key, event.wallMs);
  }
}

function settleTarget(turn: Turn, target: TargetState): TargetState {
  const { target: after, notice } = gather(target, Object.values(turn.alerts), turn.serial + 1, turn.nowMs);
  let settled = after;
  if (notice !== null) {
    turn.serial = notice.id;
    settled = enqueue(after, notice, (told) => turn.transitions.push(told));
  }
  return sendNext(settled, turn.nowMs, (action) => turn.actions.push(action));
}

/** What has ended and was put into a notice for whoever wants it is forgotten. */
function forget(turn: Turn): void {
  const targets = Object.values(turn.targets);
  const over = Object.values(turn.alerts).filter(
    (alert) => alert.endedWallMs !== null && !targets.some((target) => isNews(target, alert)),
  );
  for (const { key } of over) delete turn.alerts[key];
  const gone = new Set(over.map(({ key }) => key));
  for (const [name, target] of Object.entries(turn.targets)) {
    const told = Object.entries(target.told).filter(([key]) => !gone.has(key));
    if (told.length < Object.keys(target.told).length)
      turn.targets[name] = { ...target, told: Object.fromEntries(told) };
  }
}

function wakeAt(turn: Turn): number | null {
  const alerts = Object.values(turn.alerts);
  const moments = Object.values(turn.targets).flatMap((target) => [
    ...(alerts.some((alert) => isNews(target, alert)) ? [target.gatherAtMs ?? turn.nowMs] : []),
    ...(target.queue.length > 0 && target.sending === null ? [target.notBeforeMs] : []),
    ...(target.queue.length > 0
      ? []
      : alerts.flatMap((alert) => (wants(target.policy, alert) ? (repeatAtMs(target, alert) ?? []) : []))),
  ]);
  const ends = alerts.flatMap(({ endAtMs, endedWallMs }) =>
    endAtMs === null || endedWallMs !== null ? [] : [endAtMs],
  );
  const all = [...moments, ...ends];
  return all.length === 0 ? null : Math.min(...all);
}

export function stepAlert(before: AlertState, event: AlertEvent, nowMs: number): AlertStep {
  const state = event.type === 'alert.started' ? startAnew(before, event.bootId, nowMs) : before;
  const turn: Turn = {
    nowMs,
    serial: state.serial,
    alerts: { ...state.alerts },
    targets: { ...state.targets },
    actions: [],
    transitions: [],
  };
  apply(turn, event);
  for (const [name, target] of Object.entries(turn.targets)) turn.targets[name] = settleTarget(turn, target);
  forget(turn);
  const { serial, alerts, targets, actions, transitions } = turn;
  return { state: { ...state, serial, alerts, targets }, actions, transitions, wakeAtMs: wakeAt(turn) };
}
