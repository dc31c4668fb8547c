/** Alerting over a time that a test moves, with targets that take messages or do not. */
import type { AlertTransition, SendAlert, SendResult } from '../../../src/core/alert/event.ts';
import type { AlertTarget } from '../../../src/core/alert/policy.ts';
import { type AlertState, initialAlertState } from '../../../src/core/alert/state.ts';
import { type AlertStep, stepAlert } from '../../../src/core/alert/step.ts';
import type { Transition } from '../../../src/core/transition.ts';

export const target = (name: string, changes: Partial<AlertTarget> = {}): AlertTarget => ({
  name,
  least: 'warn',
  reasons: ['*'],
  waitMs: 10_000,
  repeatMs: 3_600_000,
  ...changes,
});

export const opened = (component: string): Transition => ({
  type: 'incident.opened',
  component,
  incident: `i-${component}`,
  reason: 'unit.crashed',
  detail: 'signal 9',
  sinceMs: 1,
});

export const closed = (component: string): Transition => ({
  type: 'incident.closed',
  component,
  incident: `i-${component}`,
  reason: 'restart.verified',
  cause: 'unit.crashed',
  recovered: true,
  durationMs: 5,
});

export const exhausted = (component: string): Transition => ({
  type: 'component.phase',
  component,
  from: 'unhealthy',
  to: 'exhausted',
  reason: 'restart.budget-spent',
  detail: 'unit.crashed',
});

export const recovered = (component: string): Transition => ({
  type: 'component.phase',
  component,
  from: 'exhausted',
  to: 'healthy',
  reason: 'component.healthy',
  detail: '',
});

const epochMs = 1_700_000_000_000;
const taken: SendResult = { ok: true, final: false, detail: '' };

/** `oncall +incident:kubelet -exhausted:kubelet`: what is told, with + for what lasts and - for what is over. */
function describe({ target: name, notice, lost }: SendAlert): string {
  const news = notice.alerts.map(({ key, endedWallMs }) => `${endedWallMs === null ? '+' : '-'}${key}`);
  return [name, ...news, ...(lost === 0 ? [] : [`lost ${lost}`])].join(' ');
}

export function createStage(targets: readonly AlertTarget[], begun: AlertState = initialAlertState()) {
  let state = begun;
  let nowMs = 1_000;
  let wakeAtMs: number | null = null;
  let answers: (action: SendAlert) => SendResult | null = () => taken;
  const sent: string[] = [];
  const told: AlertTransition[] = [];

  function take(result: AlertStep): void {
    state = result.state;
    wakeAtMs = result.wakeAtMs;
    told.push(...result.transitions);
    for (const action of result.actions) {
      sent.push(describe(action));
      const answer = answers(action);
      if (answer !== null)
        take(
          stepAlert(state, { type: 'alert.sent', target: action.target, id: action.notice.id, result: answer }, nowMs),
        );
    }
  }

  const wallMs = (): number => epochMs + nowMs;
  const step = (event: Parameters<typeof stepAlert>[1]): void => take(stepAlert(state, event, nowMs));
  step({ type: 'alert.started', bootId: 'b00t' });
  step({ type: 'alert.policy', targets });

  return {
    step,
    tell: (...transitions: readonly Transition[]) => {
      for (const transition of transitions) step({ type: 'alert.told', transition, wallMs: wallMs() });
    },
    /** Time goes on, and every wish to be woken is met. */
    advance: (ms: number) => {
      const until = nowMs + ms;
      for (let turns = 0; wakeAtMs !== null && wakeAtMs <= until; turns += 1) {
        if (turns > 10_000) throw new Error('it is woken without end');
        nowMs = Math.max(nowMs, wakeAtMs);
        step({ type: 'alert.tick', wallMs: wallMs() });
      }
      nowMs = until;
    },
    /** null: no answer comes. */
    answer: (with_: SendResult | null | ((action: SendAlert) => SendResult | null)) => {
      answers = typeof with_ === 'function' ? with_ : () => with_;
    },
    /** What was sent since the last call. */
    sent: () => sent.splice(0),
    told: () => told.splice(0).map(({ target: name, reason }) => `${name} ${reason}`),
    state: () => state,
    wallMs,
    wakes: () => wakeAtMs,
  };
}
