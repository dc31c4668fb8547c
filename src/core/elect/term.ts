/**
 * The beginning and the end of a term. INVARIANT: between the loss of a term and the next claim lie the end of the command for the loss and the
 * release of the lock; what a term did is done before it can be another's, as far as it is in our hands.
 */
import type { Reason } from '../reason.ts';
import { beginElected, beginLost } from './hooks.ts';
import { type Election, leadsUntilMs } from './state.ts';
import { become, type Turn } from './turn.ts';

/** `askedAtMs`: when the claim was asked for; others may have seen it no sooner. */
export function beginTerm(turn: Turn, election: Election, token: number, askedAtMs: number): Election {
  const { highestToken, policy } = election;
  if (highestToken !== null && token <= highestToken) {
    const detail = `the lock gave ${token} after ${highestToken}; if its store was made anew, restart nodemend`;
    return resign(turn, election, 'election.token-stale', detail);
  }
  // The answer took so long that the term would be over: what was won is given back.
  if (turn.nowMs >= askedAtMs + policy.renewDeadlineMs) return resign(turn, election, 'election.renew-deadline');
  const term = { token, beganAtMs: turn.nowMs, renewedAtMs: askedAtMs };
  const led = become(turn, { ...election, term, highestToken: token }, 'leading', 'election.won');
  const nextAskAtMs = turn.nowMs + policy.retryPeriodMs;
  return beginElected(turn, { ...led, nextAskAtMs }, term);
}

/** Ends what there is of a term, at once for all who ask, and lets the lock go when its command has run. */
export function resign(turn: Turn, election: Election, reason: Reason, detail = ''): Election {
  if (election.role === 'resigning' || election.role === 'stopped') return election;
  const { term } = election;
  const resigned = { ...become(turn, election, 'resigning', reason, detail), term: null, released: false };
  return term === null ? resigned : beginLost(turn, resigned, term);
}

export function expireTerm(turn: Turn, election: Election): Election {
  const { term, detail, reason } = election;
  if (term === null || turn.nowMs < leadsUntilMs(election)) return election;
  const why = reason === 'election.won' ? '' : detail;
  return resign(turn, election, 'election.renew-deadline', why);
}
