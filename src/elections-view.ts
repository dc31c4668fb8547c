/** The core's elections as the server shows them. Pure. */
import { expiresAtMs } from './core/elect/sight.ts';
import { type Election, type Elections, leadsUntilMs } from './core/elect/state.ts';
import type { Reason } from './core/reason.ts';
import type { ElectionView } from './serve/view.ts';

/** Why what is known of the leader must not be relied on; null while it may. */
function staleReason(election: Election, leading: boolean, nowMs: number): Reason | null {
  const { role, reason, seen, policy } = election;
  if (leading) return null;
  // Its time is over, though the loop has not come to it yet.
  if (role === 'leading') return 'election.renew-deadline';
  if (role === 'resigning' || role === 'stopped' || seen === null) return reason;
  const expiry = expiresAtMs(election);
  if (expiry !== null && nowMs >= expiry) return 'election.leaderless';
  return nowMs - seen.heardAtMs >= policy.leaseDurationMs ? 'election.stale' : null;
}

function viewElection(election: Election, nowMs: number, wallMs: number): ElectionView {
  const { policy, role, reason, detail, sinceMs, seen, term } = election;
  const leading = role === 'leading' && nowMs < leadsUntilMs(election);
  const stale = staleReason(election, leading, nowMs);
  const sighting = stale === null ? (seen?.sighting ?? null) : null;
  const mine = leading ? term : null;
  return {
    name: policy.name,
    identity: policy.identity,
    lock: policy.lock.kind,
    role: role === 'leading' && !leading ? 'resigning' : role,
    reason,
    detail,
    sinceMs,
    leading,
    leader: mine === null ? (sighting?.holder ?? '') : policy.identity,
    token: mine?.token ?? sighting?.token ?? null,
    leaderSinceWallMs: mine === null ? (sighting?.sinceWallMs ?? null) : Math.round(wallMs - (nowMs - mine.beganAtMs)),
    heardWallMs: seen === null ? null : Math.round(wallMs - (nowMs - seen.heardAtMs)),
    stale,
  };
}

export const viewElections = (elections: Elections, nowMs: number, wallMs: number): readonly ElectionView[] =>
  Object.values(elections.byName).map((election) => viewElection(election, nowMs, wallMs));
