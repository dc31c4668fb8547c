/** What the state is kept on: SQLite on a disk, or a stand-in that behaves like one. What goes wrong is thrown; the keeper deals with it. */
import type { StoreHealth } from '../core/event.ts';
import type { Transition } from '../core/transition.ts';
import type { IncidentRecord, PeriodRecord } from '../ports.ts';
import type { ChangedRow, StoredRow } from './rows.ts';

export interface Unsaved {
  readonly wallMs: number;
  readonly transition: Transition;
}

export interface IncidentQuery {
  readonly component: string | null;
  readonly sinceWallMs: number;
  readonly id: string | null;
}

export interface Shelf {
  rows(): StoredRow[];
  /** One transaction: all of it or nothing. Not yet durable. Throws ShelfLost when a new shelf has to be opened. */
  write(changes: Iterable<ChangedRow>, unsaved: readonly Unsaved[]): void;
  /** true once everything written before the call is on the disk; false when that failed or took longer than 2 s. */
  sync(): Promise<boolean>;
  noteEvidence(incident: string, file: string): void;
  incidents(query: IncidentQuery): IncidentRecord[];
  period(sinceWallMs: number, nowWallMs: number): PeriodRecord;
  /** Forgets history beyond 70 days, 10,000 transitions and 1,000 incidents. */
  prune(wallMs: number): void;
  close(): void;
}

/** The shelf is of no use any more: its file is damaged, or is not where it was. */
export class ShelfLost extends Error {}

export interface Opened {
  readonly shelf: Shelf | null;
  /** What could be read all the same where there is no shelf. */
  readonly rows?: readonly StoredRow[];
  readonly health: StoreHealth;
  readonly detail: string;
}
