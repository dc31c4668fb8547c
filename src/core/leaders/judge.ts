/**
 * The verdict on one election. A wedge is judged sooner than the want of a leader: who holds the Lease and says that it is well has to renew within its
 * duration, while others need up to 24 s to take over with client-go's defaults (duration + 2 x retry period x (1 + jitter), see there).
 */
import type { Reason } from '../reason.ts';
import { holdsHere, leads, localTarget, stateOf } from './instance.ts';
import type { Leader, LeaderVerdict } from './state.ts';

/** Beyond the duration of the Lease, for the way of a renewal to us. */
export const slackMs = 2_000;
const takeOverMs = 10_000;
const leastTakeOverMs = 25_000;
/** Longer than it takes to look at everything twice: while leadership passes two may seem to lead. */
const splitMs = 12_000;
const flappingMs = 600_000;
const flaps = 3;
/** An instance that is restarted is back sooner. */
const standbyMs = 60_000;
const usualLeaseMs = 15_000;
const mostLeaseMs = 3_600_000;

interface Judgement {
  readonly verdict: LeaderVerdict;
  readonly detail: string;
}

export const reasonsOf: Readonly<Record<LeaderVerdict, Reason>> = {
  ok: 'leader.ok',
  none: 'leader.none',
  split: 'leader.split',
  'no-standby': 'leader.no-standby',
  flapping: 'leader.flapping',
  wedged: 'leader.wedged',
  unknown: 'leader.unknown',
};

/** What the holder wrote, within reason. */
export function leaseMs({ record }: Leader): number {
  const durationMs = record?.durationMs ?? 0;
  return durationMs > 0 ? Math.min(durationMs, mostLeaseMs) : usualLeaseMs;
}

/** For how long it has been seen not to change: up to the beginning of the last look, for later nobody knows. */
const silentMs = (leader: Leader): number => (leader.seenAtMs ?? leader.changedAtMs) - leader.changedAtMs;

/** For how long what was seen last holds: a Lease may be shorter than the time between two looks. */
const blindMs = (leader: Leader): number => {
  const { everyMs, timeoutMs } = leader.policy;
  return Math.max(leaseMs(leader), 3 * (everyMs + timeoutMs));
};

const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;

/** Whether two say that they lead, or the one here says so and the Lease names another. */
function seemsSplit(leader: Leader, nowMs: number): boolean {
  const claims = leader.policy.instances.filter((target) => {
    const own = leader.instances[target.url]?.seen?.leads ?? null;
    return own === true && stateOf(leader, target, nowMs) === 'leader';
  });
  if (claims.length > 1) return true;
  const holder = leader.record?.holder ?? '';
  return holder !== '' && !holdsHere(leader) && claims.some((target) => target.local);
}

/** Brought up to date at every look, before the verdict. */
export function followSplit(leader: Leader, nowMs: number): Leader {
  if (!seemsSplit(leader, nowMs)) return leader.splitSinceMs === null ? leader : { ...leader, splitSinceMs: null };
  return leader.splitSinceMs === null ? { ...leader, splitSinceMs: nowMs } : leader;
}

/** Where only one instance is looked at nobody knows of others; while one cannot be looked at it may well be ready. */
export function followStandby(leader: Leader, nowMs: number): Leader {
  const states = leader.policy.instances.map((target) => stateOf(leader, target, nowMs));
  const lacks = states.length > 1 && !states.includes('standby') && !states.includes('unknown');
  return lacks ? leader : { ...leader, standbyAtMs: nowMs };
}

function isWedged(leader: Leader, nowMs: number): boolean {
  const here = localTarget(leader);
  if (here === null || !holdsHere(leader) || leads(leader, here) === false) return false;
  const healthy = stateOf(leader, here, nowMs) === 'leader';
  return healthy && silentMs(leader) >= leaseMs(leader) + slackMs;
}

function missesLeader(leader: Leader): string | null {
  const silent = silentMs(leader);
  if (leader.record === null && silent >= takeOverMs) return 'there is no such Lease';
  if (leader.record?.holder === '' && silent >= takeOverMs) return 'nobody holds it';
  if (silent < Math.max(leastTakeOverMs, leaseMs(leader) + takeOverMs)) return null;
  return `not renewed for ${seconds(silent)}`;
}

export function judge(leader: Leader, nowMs: number): Judgement {
  const { seenAtMs, splitSinceMs, record } = leader;
  if (seenAtMs === null || nowMs - seenAtMs > blindMs(leader))
    return { verdict: 'unknown', detail: seenAtMs === null ? 'not looked at yet' : 'the Lease cannot be read' };
  if (splitSinceMs !== null && nowMs >= splitSinceMs + splitMs)
    return { verdict: 'split', detail: `the Lease names ${record?.holder ?? 'nobody'}` };
  if (isWedged(leader, nowMs)) return { verdict: 'wedged', detail: `not renewed for ${seconds(silentMs(leader))}` };
  const why = missesLeader(leader);
  if (why !== null) return { verdict: 'none', detail: why };
  // What stands still may be dead since long ago: nothing is known until it moves, or has stood still for too long.
  if (!leader.moved) return { verdict: 'unknown', detail: 'not seen to change yet' };
  const recent = leader.turnovers.filter((atMs) => nowMs < atMs + flappingMs).length;
  if (recent >= flaps) return { verdict: 'flapping', detail: `${recent} changes of leader in 10 minutes` };
  if (nowMs >= leader.standbyAtMs + standbyMs) return { verdict: 'no-standby', detail: 'no other instance is ready' };
  return { verdict: 'ok', detail: record?.holder ?? '' };
}

export const keptTurnovers = (turnovers: readonly number[], nowMs: number): readonly number[] =>
  turnovers.filter((atMs) => nowMs < atMs + flappingMs).slice(-100);
