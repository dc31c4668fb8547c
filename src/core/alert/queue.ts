/**
 * What waits for a target: news gathered into notices, sent one after another, in order, each until it arrives. The queue is bounded; a target that
 * is away for long loses the oldest.
 */
import type { AlertTransition, SendAlert, SendResult } from './event.ts';
import { isNews, repeatAtMs } from './route.ts';
import type { Alert, Notice, TargetState } from './state.ts';

/** Of one target; a notice has a few hundred bytes. */
export const mostQueued = 100;
const mostAlertsInNotice = 50;
const firstRetryMs = 5_000;
const longestRetryMs = 300_000;

const retryMs = (failures: number): number => Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 10));

interface Gathered {
  readonly target: TargetState;
  readonly notice: Notice | null;
}

/** Makes a notice of what is due. What lasts is told again only when nothing waits already: a queue of repetitions helps nobody. */
export function gather(target: TargetState, alerts: readonly Alert[], id: number, nowMs: number): Gathered {
  const news = alerts.filter((alert) => isNews(target, alert));
  const again = alerts.filter((alert) => {
    const atMs = repeatAtMs(target, alert);
    return target.queue.length === 0 && atMs !== null && nowMs >= atMs;
  });
  const gathered = news.length > 0 && nowMs >= (target.gatherAtMs ?? 0) ? news : [];
  const due = [...gathered, ...again.filter((alert) => !gathered.includes(alert))].slice(0, mostAlertsInNotice);
  if (due.length === 0) return { target, notice: null };
  const told = { ...target.told };
  for (const { key, sinceWallMs, endedWallMs } of due)
    told[key] = { sinceWallMs, ended: endedWallMs !== null, atMs: nowMs };
  return { target: { ...target, told, gatherAtMs: null }, notice: { id, alerts: due } };
}

export function enqueue(target: TargetState, notice: Notice, tell: (transition: AlertTransition) => void): TargetState {
  const queue = [...target.queue, notice];
  if (queue.length <= mostQueued) return { ...target, queue };
  // The one under way may have arrived already.
  const oldest = target.sending === null ? 0 : 1;
  const lost = target.lost + 1;
  tell({ target: target.policy.name, reason: 'alert.dropped', detail: `${lost} lost since the last that arrived` });
  return { ...target, lost, queue: queue.toSpliced(oldest, 1) };
}

export function sendNext(target: TargetState, nowMs: number, send: (action: SendAlert) => void): TargetState {
  const [notice] = target.queue;
  if (notice === undefined || target.sending !== null || nowMs < target.notBeforeMs) return target;
  send({ target: target.policy.name, notice, lost: target.lost });
  return { ...target, sending: notice.id };
}

export function takeResult(
  target: TargetState,
  { ok, final, detail }: SendResult,
  nowMs: number,
  tell: (transition: AlertTransition) => void,
): TargetState {
  const { name } = target.policy;
  const rest = { ...target, sending: null };
  if (ok) {
    if (target.failures > 0) tell({ target: name, reason: 'alert.delivered', detail: '' });
    return { ...rest, queue: target.queue.slice(1), failures: 0, notBeforeMs: 0, lost: 0 };
  }
  if (final) {
    tell({ target: name, reason: 'alert.refused', detail });
    return { ...rest, queue: target.queue.slice(1), failures: 0, notBeforeMs: 0 };
  }
  if (target.failures === 0) tell({ target: name, reason: 'alert.failing', detail });
  const failures = target.failures + 1;
  return { ...rest, failures, notBeforeMs: nowMs + retryMs(failures) };
}
