/**
 * What is told after every turn, and to whom: the store first, then the log, the metrics, those who listen, and systemd's watchdog, which is fed
 * by finished turns alone.
 */
import type { Notify } from './adapters/notify/notify.ts';
import { isLastingChange } from './core/mend/lasting.ts';
import type { State } from './core/state.ts';
import type { Log } from './log.ts';
import { logTransition } from './log-transition.ts';
import type { Turned } from './loop.ts';
import type { Store } from './ports.ts';
import type { Metrics } from './serve/metrics.ts';
import type { ServeSource, Told } from './serve/view.ts';

export const saveAtLeastEveryMs = 60_000;

export interface Publish {
  turned(turned: Turned): void;
  subscribe: ServeSource['subscribe'];
}

export function createPublish(parts: {
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  readonly metrics: Pick<Metrics, 'observe' | 'observeProbe'>;
  readonly store: Pick<Store, 'save' | 'isBehind'>;
  readonly notify: Pick<Notify, 'watchdog' | 'watchdogEveryMs'>;
  readonly wallMs: () => number;
}): Publish {
  const { log, metrics, store, notify } = parts;
  const listeners = new Set<(told: Told) => void>();
  let fedAtMs = 0;
  let savedAtMs = 0;
  let known: State | null = null;

  /**
   * The state that names an action is handed to the disk before the action is performed (S1), and so is all that the next agent would go by. A disk
   * that refused is asked again with every sample of the host, and one that was left alone now and then, so that it is known to be full before that
   * matters, and that pauses and budgets of an earlier boot are not taken for much younger than they are.
   */
  function isSaveDue({ event, step, nowMs }: Turned): boolean {
    const before = known;
    known = step.state;
    if (step.transitions.length > 0 || before === null || isLastingChange(before, step.state)) return true;
    return event.type === 'host.sampled' && (store.isBehind() || nowMs - savedAtMs >= saveAtLeastEveryMs);
  }

  function feedWatchdog(nowMs: number): void {
    if (notify.watchdogEveryMs === null || nowMs - fedAtMs < notify.watchdogEveryMs / 2) return;
    fedAtMs = nowMs;
    void notify.watchdog();
  }

  return {
    turned: (turned) => {
      const { event, step, nowMs } = turned;
      const wallMs = parts.wallMs();
      if (isSaveDue(turned)) {
        savedAtMs = nowMs;
        store.save(step.state, wallMs, step.transitions);
      }
      if (event.type === 'probe.observed') metrics.observeProbe(event.component, event.probe, event.observation);
      for (const transition of step.transitions) {
        logTransition(log, transition);
        metrics.observe(transition);
        for (const listener of listeners) listener({ wallMs, transition });
      }
      feedWatchdog(nowMs);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
