/** The elections of a new configuration, and those that an earlier agent left. */

import { beginLost } from './hooks.ts';
import type { ElectionPolicy } from './policy.ts';
import { type Election, initialElection } from './state.ts';
import { resign } from './term.ts';
import { become, put, type Turn } from './turn.ts';

const isSame = (a: ElectionPolicy, b: ElectionPolicy): boolean => JSON.stringify(a) === JSON.stringify(b);

/** From the first question of one new election to that of the next: a thousand at once would be late, each for the others. */
const apartMs = 25;

/** What is changed or gone is resigned first, then replaced: see settle. */
export function adoptElections(turn: Turn, policies: readonly ElectionPolicy[]): void {
  const wanted = new Map(policies.map((policy) => [policy.name, policy]));
  for (const [name, election] of Object.entries(turn.elections)) {
    const policy = wanted.get(name);
    wanted.delete(name);
    if (policy !== undefined && isSame(policy, election.policy)) put(turn, { ...election, successor: undefined });
    else put(turn, { ...resign(turn, election, 'config.loaded'), successor: policy ?? null });
  }
  for (const [at, policy] of [...wanted.values()].entries())
    put(turn, { ...initialElection(policy, turn.nowMs), nextAskAtMs: turn.nowMs + at * apartMs });
}

/**
 * The last agent ended without a word: whatever was a term is over, for the lock's hold was that process's. Its command for the loss is run, or run
 * again if it was under way; then the election stands anew. null: there was none.
 */
export function takeUp(turn: Turn, election: Election): Election | null {
  const { term, hook } = election;
  const lost = term ?? (hook === null ? null : { token: hook.token, beganAtMs: turn.nowMs, renewedAtMs: turn.nowMs });
  if (lost === null) return null;
  const over = become(turn, { ...election, ask: null, seen: null }, 'resigning', 'election.interrupted');
  const begun = { ...over, term: null, hook: null, released: false, askedAtMs: turn.nowMs };
  return beginLost(turn, begun, { ...lost, renewedAtMs: turn.nowMs });
}
