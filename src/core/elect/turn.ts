/** One step of the elections in the making, as the turn of mend is. */
import type { Action } from '../action.ts';
import { nextRandom } from '../random.ts';
import type { Reason } from '../reason.ts';
import type { Role, Transition } from '../transition.ts';
import type { Election, Elections } from './state.ts';

export interface Turn {
  readonly nowMs: number;
  all: Elections;
  readonly elections: Record<string, Election>;
  /** What this event is about: it is brought to rest, and so is what is due. */
  readonly touched: Set<string>;
  readonly actions: Action[];
  readonly transitions: Transition[];
}

export const beginTurn = (all: Elections, nowMs: number): Turn => ({
  nowMs,
  all,
  elections: { ...all.byName },
  touched: new Set(),
  actions: [],
  transitions: [],
});

export function put(turn: Turn, election: Election): void {
  turn.elections[election.policy.name] = election;
  turn.touched.add(election.policy.name);
}

export function draw(turn: Turn): number {
  const { value, seed } = nextRandom(turn.all.seed);
  turn.all = { ...turn.all, seed };
  return value;
}

export function nextSerial(turn: Turn): number {
  turn.all = { ...turn.all, serial: turn.all.serial + 1 };
  return turn.all.serial;
}

/** Tells of a new role, or of another reason for the same one. */
export function become(turn: Turn, election: Election, role: Role, reason: Reason, detail = ''): Election {
  if (election.role === role && election.reason === reason) return { ...election, detail };
  const { name } = election.policy;
  const token = election.term?.token ?? null;
  turn.transitions.push({
    type: 'election.changed',
    election: name,
    from: election.role,
    to: role,
    reason,
    detail,
    token,
  });
  const sinceMs = election.role === role ? election.sinceMs : turn.nowMs;
  return { ...election, role, reason, detail, sinceMs };
}
