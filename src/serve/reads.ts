/**
 * The history for whoever asks over HTTP. Reading the store blocks the loop that mends, so the same question within a
 * second gets the same answer, and more different questions than `perSecond` are turned away.
 */
import type { IncidentRecord } from '../ports.ts';
import type { ServeSource } from './view.ts';

export interface IncidentQuery {
  readonly component: string | null;
  readonly sinceWallMs: number;
  readonly id: string | null;
}

export interface HistoryReader {
  /** The newest incidents first; null when the readers ask too much. `key` names the question. */
  incidents(key: string, query: () => IncidentQuery): readonly IncidentRecord[] | null;
  /** Any other answer, on the same terms. */
  read<Answer extends object>(key: string, look: () => Answer): Answer | null;
  close(): void;
}

const freshMs = 1_000;
const maxIncidents = 500;

export function createHistoryReader(source: ServeSource, perSecond = 20): HistoryReader {
  const answers = new Map<string, object>();
  let beganAtMs = Number.NEGATIVE_INFINITY;

  // What was told since may have changed any answer.
  const unsubscribe = source.subscribe(() => answers.clear());

  function read<Answer extends object>(key: string, look: () => Answer): Answer | null {
    const nowMs = source.clock.nowMs();
    if (nowMs - beganAtMs >= freshMs || nowMs < beganAtMs) {
      answers.clear();
      beganAtMs = nowMs;
    }
    const known = answers.get(key);
    if (known !== undefined) return known as Answer;
    if (answers.size >= perSecond) return null;
    const answer = look();
    answers.set(key, answer);
    return answer;
  }

  return {
    incidents: (key, query) =>
      read(`incidents ${key}`, () => {
        const records = source.incidents(query());
        return records.toSorted((one, other) => other.openedWallMs - one.openedWallMs).slice(0, maxIncidents);
      }),
    read,
    close: unsubscribe,
  };
}
