/**
 * The whole state of alerting as plain JSON. It can be saved and loaded at any point. Every `...AtMs` is CLOCK_MONOTONIC of the boot named by
 * `bootId`; wall times are told, never compared with the clock.
 */
import type { Reason } from '../reason.ts';
import type { AlertTarget } from './policy.ts';

/** Something that somebody may have to know: it lasts from its beginning to its end. */
export interface Alert {
  /** What it is and of which component; at most one of a key at a time. */
  readonly key: string;
  readonly component: string | null;
  readonly reason: Reason;
  readonly detail: string;
  readonly sinceWallMs: number;
  /** null while it lasts. */
  readonly endedWallMs: number | null;
  /** Ends by itself then; null for what has an end of its own. */
  readonly endAtMs: number | null;
  /** Told to every target, whatever that wants to know. */
  readonly always: boolean;
}

/** One message: news of several alerts at once. */
export interface Notice {
  readonly id: number;
  readonly alerts: readonly Alert[];
}

/** What a target was told last of an alert. */
export interface Telling {
  readonly sinceWallMs: number;
  readonly ended: boolean;
  readonly atMs: number;
}

export interface TargetState {
  readonly policy: AlertTarget;
  /** By key. */
  readonly told: Readonly<Record<string, Telling>>;
  /** When what is gathered becomes a notice; null while there is no news. */
  readonly gatherAtMs: number | null;
  /** Oldest first; the first may be under way. */
  readonly queue: readonly Notice[];
  /** Id of the notice under way; null when none is. */
  readonly sending: number | null;
  readonly failures: number;
  readonly notBeforeMs: number;
  /** How many notices were dropped since the last that arrived. */
  readonly lost: number;
}

export interface AlertState {
  readonly version: 1;
  readonly bootId: string;
  readonly serial: number;
  /** By key. */
  readonly alerts: Readonly<Record<string, Alert>>;
  /** By name. */
  readonly targets: Readonly<Record<string, TargetState>>;
}

export const initialAlertState = (): AlertState => ({ version: 1, bootId: '', serial: 0, alerts: {}, targets: {} });

export const initialTarget = (policy: AlertTarget): TargetState => ({
  policy,
  told: {},
  gatherAtMs: null,
  queue: [],
  sending: null,
  failures: 0,
  notBeforeMs: 0,
  lost: 0,
});
