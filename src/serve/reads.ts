/**
 * The incidents for whoever asks over HTTP. Reading the store blocks the loop that mends, so the same question within a
 * second gets the same answer, and more different questions than `perSecond` are turned away.
 */
import type { IncidentRecord } from '../ports.ts';
import type { ServeSource } from './view.ts';

export interface IncidentQuery {
  readonly component: string | null;
  readonly sinceWallMs: number;
  readonly id: string | null;
}

export interface IncidentReader {
  /** The newest incidents first; null when the readers ask too much. `key` names the question. */
  read(key: string, query: () => IncidentQuery): readonly IncidentRecord[] | null;
  close(): void;
}

const freshMs = 1_000;
const maxIncidents = 500;

export function createIncidentReader(source: ServeSource, perSecond = 20): IncidentReader {
  const answers = new Map<string, readonly IncidentRecord[]>();
  let beganAtMs = Number.NEGATIVE_INFINITY;

  // What was told since may have changed any answer.
  const unsubscribe = source.subscribe(() => answers.clear());

  return {
    read: (key, query) => {
      const nowMs = source.clock.nowMs();
      if (nowMs - beganAtMs >= freshMs || nowMs < beganAtMs) {
        answers.clear();
        beganAtMs = nowMs;
      }
      const known = answers.get(key);
      if (known !== undefined) return known;
      if (answers.size >= perSecond) return null;
      const records = source.incidents(query());
      const newest = records.toSorted((one, other) => other.openedWallMs - one.openedWallMs).slice(0, maxIncidents);
      answers.set(key, newest);
      return newest;
    },
    close: unsubscribe,
  };
}
