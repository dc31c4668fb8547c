/** What is the matter with the etcd cluster, its snapshots and the elections of this node, one line each; nothing where all is well. Pure. */
import { reasons } from '../core/reason.ts';
import type { ElectionView, NodeView } from '../serve/view.ts';
import { explainFinding } from './show-etcd.ts';

const suffix = (detail: string): string => (detail === '' ? '' : ` (${detail})`);

function explainElection({ name, leader, stale, reason, detail }: ElectionView): string[] {
  if (stale === null && leader !== '') return [];
  return [`election ${name}: ${reasons[stale ?? reason].meaning}${suffix(detail)}; nodemend leader tells more`];
}

export function explainGuard({ etcd, elections }: Pick<NodeView, 'etcd' | 'elections'>): string[] {
  const attempts = [etcd?.backup?.lastTaken, etcd?.backup?.lastProof];
  const failed = attempts.filter((attempt) => attempt?.ok === false);
  return [
    ...(etcd?.findings ?? []).map((finding) => `etcd, ${explainFinding(finding)}`),
    ...failed.flatMap((attempt) =>
      attempt == null ? [] : [`etcd: ${reasons[attempt.reason].meaning}${suffix(attempt.detail)}`],
    ),
    ...elections.flatMap(explainElection),
  ];
}
