/** When the lock is asked for what. One question at a time: what was asked may still happen, so nothing is asked beside it. */
import type { Want } from './lock.ts';
import { askTimeoutMs, pauseMs } from './rules.ts';
import { expiresAtMs, isClaimable } from './sight.ts';
import type { Election } from './state.ts';
import { draw, nextSerial, type Turn } from './turn.ts';

/** Beyond its own bound an answer is not waited for; one that comes all the same has an id that nobody knows any more. */
const graceMs = 1_000;

export function pause(turn: Turn, election: Election): Election {
  const { policy, role } = election;
  const waitMs = role === 'leading' ? policy.retryPeriodMs : pauseMs(policy, draw(turn));
  return { ...election, nextAskAtMs: turn.nowMs + waitMs };
}

function ask(turn: Turn, election: Election, want: Want): Election {
  const { name } = election.policy;
  const id = nextSerial(turn);
  const timeoutMs = askTimeoutMs(election.policy);
  const over = election.seen?.sighting ?? null;
  turn.actions.push({ type: 'lock.ask', id, election: name, policy: election.policy, want, over, timeoutMs });
  const { nowMs } = turn;
  return {
    ...election,
    ask: { id, want, atMs: nowMs, untilMs: nowMs + timeoutMs + graceMs },
    askedAtMs: nowMs,
    released: election.released || want === 'release',
  };
}

/** The next moment at which this election asks; null while it waits for something else. */
export function askDueAtMs(election: Election): number | null {
  const { role, ask: open, hook, released, nextAskAtMs, askedAtMs } = election;
  if (open !== null || role === 'stopped') return null;
  if (role === 'resigning') return hook !== null || released ? null : askedAtMs;
  const expiry = role === 'standby' ? expiresAtMs(election) : null;
  // At the very moment at which the holder is gone; if that came to nothing, at the usual pace.
  return expiry !== null && expiry > askedAtMs ? Math.min(expiry, nextAskAtMs) : nextAskAtMs;
}

function wantOf(turn: Turn, election: Election): Want {
  const { role, hook } = election;
  if (role === 'leading') return 'renew';
  if (role === 'resigning') return 'release';
  return role === 'standby' && hook === null && isClaimable(election, turn.nowMs) ? 'claim' : 'look';
}

export function askIfDue(turn: Turn, election: Election): Election {
  const dueAtMs = askDueAtMs(election);
  if (dueAtMs === null || turn.nowMs < dueAtMs) return election;
  return ask(turn, election, wantOf(turn, election));
}

export function expireAsk(turn: Turn, election: Election): Election {
  if (election.ask === null || turn.nowMs < election.ask.untilMs) return election;
  return pause(turn, { ...election, ask: null });
}
