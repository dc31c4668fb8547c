/**
 * The history of everything that was done by those who held they led, and what must be true of it. Judged by nothing but the history itself: who
 * wrote when, with which fencing token.
 */
export interface Act {
  /** True time, which no participant knows. */
  readonly atMs: number;
  readonly actor: string;
  readonly token: number;
}

/** What is wrong with a history, in words; empty when no two holders ever acted. */
export function faultsIn(history: readonly Act[]): string[] {
  const faults: string[] = [];
  const actorOf = new Map<number, string>();
  let last: Act | null = null;
  for (const act of history) {
    if (last !== null && act.atMs < last.atMs) faults.push(`the history goes back in time at ${act.atMs} ms`);
    const owner = actorOf.get(act.token);
    if (owner !== undefined && owner !== act.actor)
      faults.push(`${act.actor} acts at ${act.atMs} ms with token ${act.token}, which is ${owner}'s`);
    actorOf.set(act.token, owner ?? act.actor);
    if (last !== null && act.token < last.token)
      faults.push(
        `${act.actor} acts at ${act.atMs} ms with token ${act.token} after ${last.actor} has acted with ${last.token}`,
      );
    last = act;
  }
  return faults;
}
