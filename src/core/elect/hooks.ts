/** The commands at the beginning and the end of a term. One at a time for each election: the end of a term ends what its beginning still runs. */
import type { ActionResult } from '../event.ts';
import type { Election, Term } from './state.ts';
import { nextSerial, type Turn } from './turn.ts';

/** For the command at the beginning; it is ended sooner with its term. */
const electedMs = 60_000;
/** The performer bounds a command itself; one that does not tell of its end is not waited for longer. */
const graceMs = 2_000;

function begin(turn: Turn, election: Election, which: 'elected' | 'lost', term: Term, timeoutMs: number): Election {
  const { name, identity, onElected, onLost } = election.policy;
  const argv = which === 'elected' ? onElected : onLost;
  if (argv === null) {
    if (election.hook !== null) turn.actions.push({ type: 'hook.end', election: name });
    return { ...election, hook: null };
  }
  const { token } = term;
  const id = `hook-${turn.all.bootId.slice(0, 8)}-${turn.all.run}-${nextSerial(turn)}`;
  turn.actions.push({ type: 'hook.run', id, election: name, hook: which, argv, identity, token, timeoutMs });
  return { ...election, hook: { id, which, token, untilMs: turn.nowMs + timeoutMs + graceMs } };
}

export const beginElected = (turn: Turn, election: Election, term: Term): Election =>
  begin(turn, election, 'elected', term, electedMs);

/** Has to be through before the lock may be another's. */
export function beginLost(turn: Turn, election: Election, term: Term): Election {
  const { leaseDurationMs, renewDeadlineMs } = election.policy;
  const leftMs = term.renewedAtMs + leaseDurationMs - turn.nowMs;
  const timeoutMs = Math.round(Math.min(Math.max(leftMs, leaseDurationMs - renewDeadlineMs), leaseDurationMs));
  return begin(turn, election, 'lost', term, timeoutMs);
}

export function endHook(turn: Turn, election: Election, result: ActionResult): Election {
  const { hook, policy } = election;
  if (hook === null) return election;
  const { ok, reason, detail } = result;
  const { which, token } = hook;
  turn.transitions.push({ type: 'election.hook', election: policy.name, hook: which, token, ok, reason, detail });
  return { ...election, hook: null };
}

/** One whose performer is silent beyond all bounds. */
export function expireHook(turn: Turn, election: Election): Election {
  if (election.hook === null || turn.nowMs < election.hook.untilMs) return election;
  return endHook(turn, election, { ok: false, reason: 'action.timeout', detail: 'nothing was heard of its end' });
}
