/** What an answer of the lock leads to. */

import { pause } from './asks.ts';
import type { LockAnswer } from './lock.ts';
import { isFree, see } from './sight.ts';
import type { Election } from './state.ts';
import { beginTerm, resign } from './term.ts';
import { become, type Turn } from './turn.ts';

type Ask = NonNullable<Election['ask']>;
type Said = LockAnswer['said'];
type Handlers = {
  readonly [S in Said]: (turn: Turn, e: Election, answer: Extract<LockAnswer, { said: S }>, ask: Ask) => Election;
};

/** Trouble does not change who leads: a leader has until its deadline, the others wait. */
function troubled(
  turn: Turn,
  election: Election,
  answer: Extract<LockAnswer, { said: 'failed' | 'barred' }>,
): Election {
  const { role } = election;
  if (role === 'resigning' || role === 'stopped') return election;
  return become(turn, election, role, answer.reason, answer.detail.slice(0, 200));
}

/** After a look that shows a free lock nothing is waited for. */
function sighted(
  turn: Turn,
  election: Election,
  answer: Extract<LockAnswer, { said: 'sighted' | 'refused' }>,
): Election {
  const saw = see(turn, pause(turn, election), answer.sighting);
  const now = saw.role === 'standby' && answer.said === 'sighted' && isFree(saw);
  return now ? { ...saw, nextAskAtMs: turn.nowMs } : saw;
}

function held(turn: Turn, election: Election, token: number, version: string, ask: Ask): Election {
  const { policy, role, term, seen } = election;
  const { identity: holder, leaseDurationMs: durationMs } = policy;
  const known = seen?.sighting ?? null;
  const sinceWallMs = known?.holder === holder && known.token === token ? known.sinceWallMs : null;
  const sighting = { holder, version, ours: true, durationMs, token, sinceWallMs };
  const kept = { ...election, seen: { sighting, heardAtMs: turn.nowMs, changedAtMs: turn.nowMs } };
  if (role === 'standby' && ask.want === 'claim') return beginTerm(turn, kept, token, ask.atMs);
  if (role !== 'leading' || term === null || ask.want !== 'renew') return kept;
  if (token !== term.token) return resign(turn, kept, 'election.outrun', `the lock counts this term as ${token}`);
  const renewed = { ...kept, term: { ...term, renewedAtMs: ask.atMs } };
  return pause(turn, become(turn, renewed, 'leading', 'election.won', ''));
}

const handlers: Handlers = {
  sighted,
  held: (turn, election, { token, version }, ask) => held(turn, election, token, version, ask),
  refused: (turn, election, answer) => {
    const saw = sighted(turn, election, answer);
    const holder = answer.sighting?.holder ?? '';
    if (saw.role !== 'leading') return saw;
    return resign(turn, saw, 'election.outrun', holder === '' ? 'the lock is gone' : `${holder} holds it`);
  },
  released: (_turn, election) => election,
  failed: (turn, election, answer) => pause(turn, troubled(turn, election, answer)),
  barred: (turn, election, answer) => {
    const { role } = election;
    if (role === 'leading') return resign(turn, election, answer.reason, answer.detail);
    return pause(turn, { ...troubled(turn, election, answer), seen: null });
  },
};

export function takeAnswer(turn: Turn, election: Election, id: number, answer: LockAnswer): Election {
  const { ask } = election;
  if (ask === null || ask.id !== id) return election;
  const handler = handlers[answer.said] as (turn: Turn, e: Election, answer: LockAnswer, ask: Ask) => Election;
  return handler(turn, { ...election, ask: null }, answer, ask);
}
