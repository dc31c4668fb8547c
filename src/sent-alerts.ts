/** What was told to whom, for reports: the last thousand, kept beside the state. */
import type { Notice } from './core/alert/state.ts';
import type { SentAlert } from './report/record.ts';
import type { ClosableStore } from './store/keeper.ts';

export interface SentAlerts {
  note(wallMs: number, target: string, notice: Notice): void;
  /** Oldest first. */
  since(wallMs: number): readonly SentAlert[];
}

const keptAs = 'alerts-sent';
const mostKept = 1_000;

export function createSentAlerts(store: Pick<ClosableStore, 'keep' | 'kept'>): SentAlerts {
  const kept = store.kept(keptAs);
  let sent: readonly SentAlert[] = Array.isArray(kept) ? (kept as SentAlert[]) : [];
  return {
    note: (wallMs, target, { alerts }) => {
      const news = alerts.map(({ reason, component, endedWallMs }) => ({
        wallMs,
        target,
        reason,
        component,
        ended: endedWallMs !== null,
      }));
      sent = [...sent, ...news].slice(-mostKept);
      store.keep(keptAs, sent);
    },
    since: (wallMs) => sent.filter((one) => one.wallMs >= wallMs),
  };
}
