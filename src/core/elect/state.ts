/** The state of the elections: plain JSON. Times are CLOCK_MONOTONIC milliseconds unless they say otherwise. */
import type { Reason } from '../reason.ts';
import type { Role } from '../transition.ts';
import type { Sighting, Want } from './lock.ts';
import type { ElectionPolicy } from './policy.ts';

export interface Term {
  readonly token: number;
  readonly beganAtMs: number;
  /** When the last renewal that succeeded was asked for: what the others saw of us they saw later. */
  readonly renewedAtMs: number;
}

export interface Seen {
  readonly sighting: Sighting | null;
  /** When it was first seen as it is: the only thing that the holder's life is judged by. */
  readonly changedAtMs: number;
  /** When the lock last answered at all. */
  readonly heardAtMs: number;
}

export interface Hook {
  readonly id: string;
  readonly which: 'elected' | 'lost';
  readonly token: number;
  /** When its performer has to have told of its end. */
  readonly untilMs: number;
}

export interface Election {
  readonly policy: ElectionPolicy;
  /** In force once this one is resigned; undefined: nothing follows. */
  readonly successor: ElectionPolicy | null | undefined;
  readonly role: Role;
  readonly reason: Reason;
  readonly detail: string;
  readonly sinceMs: number;
  readonly seen: Seen | null;
  readonly ask: { readonly id: number; readonly want: Want; readonly atMs: number; readonly untilMs: number } | null;
  readonly askedAtMs: number;
  readonly nextAskAtMs: number;
  readonly term: Term | null;
  /** The highest of our terms: a lower one would pass for an old leader's. */
  readonly highestToken: number | null;
  readonly hook: Hook | null;
  /** While resigning: the lock was asked to let go. */
  readonly released: boolean;
  /** When something of it is due without an event; null: never. */
  readonly wakeAtMs: number | null;
}

export interface Elections {
  readonly bootId: string;
  readonly run: string;
  readonly seed: number;
  readonly serial: number;
  /** The agent or the node is about to end: nobody stands any more. */
  readonly stopping: boolean;
  readonly suspendedMs: number | null;
  readonly wakeAtMs: number | null;
  readonly byName: Readonly<Record<string, Election>>;
}

export function initialElections(): Elections {
  return {
    bootId: '',
    run: '',
    seed: 1,
    serial: 0,
    stopping: false,
    suspendedMs: null,
    wakeAtMs: null,
    byName: {},
  };
}

export function initialElection(policy: ElectionPolicy, nowMs: number): Election {
  return {
    policy,
    successor: undefined,
    role: policy.campaign ? 'standby' : 'watching',
    reason: 'election.unseen',
    detail: '',
    sinceMs: nowMs,
    seen: null,
    ask: null,
    askedAtMs: nowMs,
    nextAskAtMs: nowMs,
    term: null,
    highestToken: null,
    hook: null,
    released: false,
    wakeAtMs: nowMs,
  };
}

/** Until when this one may act as the leader. Asked again at every answer, for the loop may be late. */
export const leadsUntilMs = ({ policy, term }: Election): number =>
  term === null ? Number.NEGATIVE_INFINITY : term.renewedAtMs + policy.renewDeadlineMs;

/**
 * By when whatever was started for this term must be gone. Half of the time from the deadline until the lock can be another's: clocks may go at different rates.
 */
export const goneByMs = ({ policy, term }: Election): number =>
  term === null ? Number.NEGATIVE_INFINITY : term.renewedAtMs + (policy.renewDeadlineMs + policy.leaseDurationMs) / 2;
