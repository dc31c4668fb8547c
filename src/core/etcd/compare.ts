/** Whether members hold the same at the same revision. The majority is right; without one nobody is named. */
import type { Comparison } from './event.ts';
import { type Finding, ofCluster } from './finding.ts';

export function judgeComparison({ revision, hashes }: Comparison): readonly Finding[] {
  const known = hashes.filter(({ hash }) => hash !== null);
  const counts = new Map<number | null, number>();
  for (const { hash } of known) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  if (counts.size < 2) return [];
  const [[usual, most]] = [...counts].toSorted(([, one], [, other]) => other - one) as [[number, number]];
  if (most <= known.length / 2) {
    const all = known.map(({ member }) => member).join(', ');
    return [ofCluster('etcd.diverged', `at revision ${revision} no majority of ${all} agrees`)];
  }
  return known
    .filter(({ hash }) => hash !== usual)
    .map(({ member }) => ({
      reason: 'etcd.diverged',
      member,
      detail: `at revision ${revision}, where ${most} others agree`,
    }));
}
