/**
 * The history of all writes to stores that refuse a token lower than one they have seen, told by their writers' clock and by the store, and what must be
 * true of it. The clock is the machine's monotonic one, which all nodes of a lab share; no candidate's word on who leads is believed.
 */
export interface Write {
  /** Each election has a store of its own. */
  readonly election: string;
  readonly writer: string;
  /** Of the writer's term. */
  readonly token: number;
  readonly beganAtMs: number;
  /** null: the writer did not live to hear the answer. */
  readonly endedAtMs: number | null;
  /** The place among all that the store accepted; null: it refused this one. */
  readonly order: number | null;
}

type Accepted = Write & { readonly order: number };

const endOf = ({ endedAtMs }: Write): number => endedAtMs ?? Number.POSITIVE_INFINITY;
const isAccepted = (write: Write): write is Accepted => write.order !== null;

const told = ({ writer, token, beganAtMs }: Write): string =>
  `the write of ${writer} with token ${token}, begun at ${beganAtMs.toFixed(1)} ms,`;

/** For each token the least of what `of` says of the writes with a higher one. */
function leastAbove(writes: readonly Write[], of: (write: Write) => number): (token: number) => number {
  const byToken = new Map<number, number>();
  for (const write of writes) byToken.set(write.token, Math.min(byToken.get(write.token) ?? of(write), of(write)));
  const above = new Map<number, number>();
  let least = Number.POSITIVE_INFINITY;
  for (const token of [...byToken.keys()].toSorted((a, b) => b - a)) {
    above.set(token, least);
    least = Math.min(least, byToken.get(token) ?? least);
  }
  return (token) => above.get(token) ?? Number.POSITIVE_INFINITY;
}

/** A token belongs to one term, and a term to one writer. */
function sharedTokens(writes: readonly Write[]): string[] {
  const owners = new Map<number, Set<string>>();
  for (const { token, writer } of writes) owners.set(token, (owners.get(token) ?? new Set()).add(writer));
  return [...owners]
    .filter(([, who]) => who.size > 1)
    .map(([token, who]) => `token ${token} is had by ${[...who].toSorted().join(' and ')}`);
}

/** Once a later leader's write has ended, none of an earlier leader's may begin and be accepted. */
function lateActs(accepted: readonly Accepted[]): string[] {
  const firstEndAbove = leastAbove(accepted, endOf);
  return accepted
    .filter(({ token, beganAtMs }) => beganAtMs > firstEndAbove(token))
    .map((write) => `${told(write)} was accepted after one with a higher token had ended`);
}

/** The store's own order: tokens only grow in it, and it does not contradict the clock. */
function brokenOrder(accepted: readonly Accepted[]): string[] {
  const inOrder = accepted.toSorted((a, b) => a.order - b.order);
  const sunk = inOrder
    .filter(({ token }, at) => token < (inOrder[at - 1]?.token ?? token))
    .map((write) => `${told(write)} was accepted next after one with a higher token`);
  const early: string[] = [];
  let firstEndAfter = Number.POSITIVE_INFINITY;
  for (const write of inOrder.toReversed()) {
    if (write.beganAtMs > firstEndAfter) early.push(`${told(write)} is placed before one that had ended by then`);
    firstEndAfter = Math.min(firstEndAfter, endOf(write));
  }
  return [...sunk, ...early];
}

/** A store that refuses without a reason would hide that there are two leaders. */
function groundlessRefusals(writes: readonly Write[]): string[] {
  const firstBeginAbove = leastAbove(writes, ({ beganAtMs }) => beganAtMs);
  return writes
    .filter((write) => !isAccepted(write) && firstBeginAbove(write.token) > endOf(write))
    .map((write) => `${told(write)} was refused although there had been no higher token`);
}

/** What is wrong with a history, in words; empty when no two holders ever acted and tokens only grew. */
export function faultsIn(history: readonly Write[]): string[] {
  const elections = [...new Set(history.map(({ election }) => election))];
  return elections.flatMap((election) => {
    const writes = history.filter((write) => write.election === election);
    const accepted = writes.filter(isAccepted);
    const faults = [
      ...sharedTokens(writes),
      ...lateActs(accepted),
      ...brokenOrder(accepted),
      ...groundlessRefusals(writes),
    ];
    return faults.map((fault) => `${election}: ${fault}`);
  });
}
