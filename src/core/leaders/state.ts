/**
 * What is known of the leader elections that are checked. Liveness is judged by changes that were seen here, on the monotonic clock: what the Lease
 * says of time is another machine's clock and is never compared with ours. Nothing of this outlives the agent.
 */
import type { Reason } from '../reason.ts';
import type { LeaderPolicy } from './policy.ts';

/**
 * ok: a live leader. none: no leader for longer than a take-over takes. split: two say that they lead. no-standby: a leader, and nobody ready to take
 * over. flapping: the leader changes again and again. wedged: the holder here says that it is well and does not renew. unknown: cannot be told.
 */
export type LeaderVerdict = 'ok' | 'none' | 'split' | 'no-standby' | 'flapping' | 'wedged' | 'unknown';

export type InstanceState = 'leader' | 'standby' | 'down' | 'unknown';

/** What a Lease says, as far as it matters. */
export interface LeaseRecord {
  /** Empty: nobody. */
  readonly holder: string;
  readonly durationMs: number;
  readonly transitions: number;
  /** Changes with every write. */
  readonly version: string;
}

/** One look at a Lease. A record of null: there is no such Lease. */
export type LeaseSeen =
  | { readonly known: true; readonly record: LeaseRecord | null; readonly startedAtMs: number }
  | { readonly known: false; readonly detail: string; readonly startedAtMs: number };

/** One look at an instance. */
export interface InstanceSeen {
  readonly health: 'healthy' | 'unhealthy' | 'unknown';
  /** Its metric leader_election_master_status; null when that could not be read. */
  readonly leads: boolean | null;
  readonly detail: string;
  readonly startedAtMs: number;
}

export interface Look {
  readonly dueAtMs: number;
  /** When the look in flight was asked for; null when none is. */
  readonly lookingSinceMs: number | null;
}

export interface Instance {
  readonly look: Look;
  /** The last look that told how it is; null while none has. */
  readonly seen: InstanceSeen | null;
  /** Looks that found it unhealthy, without a good one between. */
  readonly badInARow: number;
}

export interface Leader {
  readonly policy: LeaderPolicy;
  readonly look: Look;
  readonly record: LeaseRecord | null;
  /** When the last look that was answered began; null while none was. */
  readonly seenAtMs: number | null;
  /** When the record was last seen to change, or first seen. */
  readonly changedAtMs: number;
  /** Whether it was seen to change at all since it is watched. */
  readonly moved: boolean;
  /** When it was seen to have gone to another, oldest first. */
  readonly turnovers: readonly number[];
  /** By URL. */
  readonly instances: Readonly<Record<string, Instance>>;
  readonly splitSinceMs: number | null;
  /** When an instance that could take over was last seen, or none was looked for yet. */
  readonly standbyAtMs: number;
  readonly verdict: LeaderVerdict;
  readonly reason: Reason;
  readonly detail: string;
  readonly sinceMs: number;
}

export interface Leaders {
  readonly byName: Readonly<Record<string, Leader>>;
  readonly wakeAtMs: number | null;
}

export const noLeaders: Leaders = { byName: {}, wakeAtMs: null };

const dueNow = (nowMs: number): Look => ({ dueAtMs: nowMs, lookingSinceMs: null });

export const unseenInstance = (nowMs: number): Instance => ({ look: dueNow(nowMs), seen: null, badInARow: 0 });

export function initialLeader(policy: LeaderPolicy, nowMs: number): Leader {
  return {
    policy,
    look: dueNow(nowMs),
    record: null,
    seenAtMs: null,
    changedAtMs: nowMs,
    moved: false,
    turnovers: [],
    instances: Object.fromEntries(policy.instances.map(({ url }) => [url, unseenInstance(nowMs)])),
    splitSinceMs: null,
    standbyAtMs: nowMs,
    verdict: 'unknown',
    reason: 'leader.unknown',
    detail: 'not looked at yet',
    sinceMs: nowMs,
  };
}
