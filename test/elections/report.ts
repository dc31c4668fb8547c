/** What became of a run of the elections' lab, in lines. */
import { percentile } from '../bench/percentile.ts';
import type { Write } from './history.ts';

interface Struck {
  readonly fault: string;
  readonly on: readonly string[];
}

const seconds = (ms: number | null): string => `${((ms ?? 0) / 1_000).toFixed(2)} s`;

/** How long the store was without a write of a leader when leadership went on, shortest first. */
function gapsBetweenTerms(accepted: readonly Write[]): number[] {
  const inOrder = accepted.toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0));
  const gaps = inOrder.flatMap((write, at) => {
    const before = inOrder[at - 1];
    return before === undefined || before.token === write.token ? [] : [write.beganAtMs - before.beganAtMs];
  });
  return gaps.toSorted((a, b) => a - b);
}

function electionLines(election: string, history: readonly Write[]): string[] {
  const writes = history.filter((write) => write.election === election);
  const accepted = writes.filter(({ order }) => order !== null);
  const terms = new Set(accepted.map(({ token }) => token)).size;
  const nodes = [...new Set(accepted.map(({ writer }) => writer))].toSorted().join(', ');
  const gaps = gapsBetweenTerms(accepted);
  return [
    `${election}: ${accepted.length} writes in ${terms} terms on ${nodes}; ${writes.length - accepted.length} of earlier leaders refused`,
    `${election}: without a leader's write between terms: median ${seconds(percentile(gaps, 0.5))}, 99th percentile ${seconds(percentile(gaps, 0.99))}, longest ${seconds(percentile(gaps, 1))}`,
  ];
}

export function reportOf(struck: readonly Struck[], history: readonly Write[]): string[] {
  const counts = new Map<string, number>();
  for (const { fault } of struck) counts.set(fault, (counts.get(fault) ?? 0) + 1);
  const elections = [...new Set(history.map(({ election }) => election))].toSorted();
  return [
    `${struck.length} faults: ${[...counts].map(([fault, count]) => `${count} ${fault}`).join(', ')}`,
    ...elections.flatMap((election) => electionLines(election, history)),
  ];
}
