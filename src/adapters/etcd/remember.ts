/** A look at the cluster that is also taken when the member here does not answer: by what was learned of the others, and learning from it. */
import type { EtcdPolicy } from '../../core/etcd/policy.ts';
import type { ClusterView } from '../../core/etcd/view.ts';
import type { Reach } from './access.ts';
import { type Known, learn, readKnown, writeKnown } from './known.ts';
import { observeCluster } from './observe.ts';

export interface RememberParts {
  readonly reach: Reach;
  /** Of the agent's state. */
  readonly directory: string;
  readonly wallMs: () => number;
}

/** Never rejects. */
export async function lookAndLearn(
  policy: EtcdPolicy,
  certificates: readonly string[],
  { reach, directory, wallMs }: RememberParts,
): Promise<{ readonly view: ClusterView; readonly known: Known | null }> {
  const { unit, timeoutMs } = policy;
  const before = await readKnown(directory, unit);
  const view = await observeCluster(policy, certificates, {
    reach,
    timeoutMs,
    wallMs,
    known: before?.clientUrls ?? [],
  });
  const learned = learn(before, view);
  // Told by the next look when the disk does not take it now.
  if (learned !== null) await writeKnown(directory, unit, learned).catch(() => undefined);
  return { view, known: learned ?? before };
}
