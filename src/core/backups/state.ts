/**
 * What is known of the backups that are checked. Of this only what is the matter outlives the agent, so that it is known when it is over: all else is
 * looked at anew.
 */
import type { Reason } from '../reason.ts';
import type { BackupCheckPolicy } from './policy.ts';

/**
 * fresh: the newest good one is young enough. waiting: nothing is due or was looked at yet. stale: it is too old. missing: there is none. small: the
 * newest is too small. failed: the last try failed, or the command says no. partial: the last try left things out. stuck: a try does not get on.
 * paused: too old, for its schedule is paused. unavailable: the place where backups lie. unknown: cannot be told. gone: not looked at any more.
 */
export type Freshness =
  | 'fresh'
  | 'waiting'
  | 'stale'
  | 'missing'
  | 'small'
  | 'failed'
  | 'partial'
  | 'stuck'
  | 'paused'
  | 'unavailable'
  | 'unknown'
  | 'gone';

/** What was seen not to change, and since when. */
export interface Standstill {
  readonly what: string;
  readonly sinceMs: number;
}

/** The judgement on one thing. */
export interface Judgement {
  readonly verdict: Freshness;
  readonly detail: string;
  /** When the newest good backup was made; null when none is known. */
  readonly goodWallMs: number | null;
  /** How old it may be; null where that is not ours to say. */
  readonly limitMs: number | null;
  /** Its size; null when it is not known. */
  readonly bytes: number | null;
  readonly standstill: Standstill | null;
}

export interface BackupItem extends Judgement {
  readonly reason: Reason;
  readonly sinceMs: number;
}

export interface BackupCheck {
  readonly policy: BackupCheckPolicy;
  readonly look: { readonly dueAtMs: number; readonly lookingSinceMs: number | null };
  /** When the last look began that told something, or when the check was loaded. */
  readonly seenAtMs: number;
  /** Why the last look told nothing; empty when it did. */
  readonly blind: string;
  /** By name: schedule/NAME and location/NAME; empty for the only thing that is checked. */
  readonly items: Readonly<Record<string, BackupItem>>;
}

export interface BackupChecks {
  readonly byName: Readonly<Record<string, BackupCheck>>;
  readonly wakeAtMs: number | null;
}

export const noBackupChecks: BackupChecks = { byName: {}, wakeAtMs: null };

export const initialCheck = (policy: BackupCheckPolicy, items: BackupCheck['items'], nowMs: number): BackupCheck => ({
  policy,
  look: { dueAtMs: nowMs, lookingSinceMs: null },
  seenAtMs: nowMs,
  blind: '',
  items,
});
