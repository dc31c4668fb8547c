/**
 * What is known of the lock, and whether it may be claimed. A holder is alive as long as the lock changes, by our own clock and by nothing else: what
 * clocks say of each other is never compared. The duration is the one that the holder wrote.
 */
import type { Sighting } from './lock.ts';
import type { Election, Seen } from './state.ts';
import { become, type Turn } from './turn.ts';

const leaderOf = (seen: Seen | null): string => seen?.sighting?.holder ?? '';

/** From when on a silent holder counts as gone; null when it is not for us to judge, or there is none. */
export function expiresAtMs({ seen }: Election): number | null {
  if (seen === null || seen.sighting === null || seen.sighting.holder === '') return null;
  return seen.sighting.durationMs === null ? null : seen.changedAtMs + seen.sighting.durationMs;
}

/** Nobody has it, or what lies there is our own writing. */
export function isFree({ seen }: Election): boolean {
  if (seen === null) return false;
  return seen.sighting === null || seen.sighting.holder === '' || seen.sighting.ours;
}

export function isClaimable(election: Election, nowMs: number): boolean {
  if (isFree(election)) return true;
  const expiry = expiresAtMs(election);
  return expiry !== null && nowMs >= expiry;
}

/** Under our name, and alive: two of one name would both take the lock for theirs. */
function isDouble({ policy }: Election, before: Seen | null, sighting: Sighting | null): boolean {
  if (sighting === null || sighting.ours || sighting.holder !== policy.identity) return false;
  const known = before?.sighting ?? null;
  return known !== null && known.holder === sighting.holder && known.version !== sighting.version;
}

function standing(turn: Turn, election: Election, double: boolean): Election {
  const { role, policy, seen } = election;
  if (role === 'watching') return become(turn, election, role, 'election.watching', '');
  if (role !== 'standby') return election;
  const stillDouble = election.reason === 'election.identity-in-use' && leaderOf(seen) === policy.identity;
  if (double || stillDouble)
    return become(turn, election, role, 'election.identity-in-use', `another live process is ${policy.identity}`);
  return become(turn, election, role, 'election.standby', '');
}

/** Takes in what the lock says. */
export function see(turn: Turn, election: Election, sighting: Sighting | null): Election {
  const before = election.seen;
  const { nowMs } = turn;
  const same = before !== null && (before.sighting?.version ?? null) === (sighting?.version ?? null);
  const seen: Seen = { sighting, heardAtMs: nowMs, changedAtMs: same ? before.changedAtMs : nowMs };
  if (before !== null && leaderOf(before) !== leaderOf(seen) && election.term === null) {
    const { name } = election.policy;
    const leader = leaderOf(seen);
    const token = sighting?.token ?? null;
    turn.transitions.push({ type: 'election.leader', election: name, leader, token, reason: 'election.leader-moved' });
  }
  return standing(turn, { ...election, seen }, isDouble(election, before, sighting));
}
