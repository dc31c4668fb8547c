/** What was told to whom, each thing once, for reports: the last thousand, kept beside the state. */
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

/** What lasts is told again: that is no news. */
const isSame = (one: SentAlert, other: SentAlert): boolean =>
  one.target === other.target &&
  one.reason === other.reason &&
  one.component === other.component &&
  one.sinceWallMs === other.sinceWallMs &&
  one.ended === other.ended;

export function createSentAlerts(store: Pick<ClosableStore, 'keep' | 'kept'>): SentAlerts {
  const kept = store.kept(keptAs);
  let sent: readonly SentAlert[] = Array.isArray(kept) ? (kept as SentAlert[]) : [];
  return {
    note: (wallMs, target, { alerts }) => {
      const told = alerts.map(({ reason, component, sinceWallMs, endedWallMs }) => {
        return { wallMs, sinceWallMs, target, reason, component, ended: endedWallMs !== null };
      });
      const news = told.filter((one) => !sent.some((before) => isSame(before, one)));
      if (news.length === 0) return;
      sent = [...sent, ...news].slice(-mostKept);
      store.keep(keptAs, sent);
    },
    since: (wallMs) => sent.filter((one) => one.wallMs >= wallMs),
  };
}
