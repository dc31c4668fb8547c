/** What the other members say of one that does not answer here: whether it answers elsewhere, and whether they keep quorum without it. */
import { keepsQuorumWithout } from '../../core/etcd/quorum.ts';
import { answers, type ClusterView, nameOf } from '../../core/etcd/view.ts';
import { type Finding, finding } from '../probe/finding.ts';
import type { LookContext, TargetOf } from '../probe/look.ts';
import type { Reach } from './access.ts';
import { observeCluster } from './observe.ts';

/** What a member said of its cluster while it answered. */
export interface Peers {
  readonly ownId: string;
  /** Where the others serve clients. */
  readonly urls: readonly string[];
}

/** Calls that may follow one another in a look at a cluster: a silent member has up to three addresses, an answering one has figures. */
const mostCalls = 6;

export function judgeOthers(view: ClusterView, ownId: string): Finding {
  if (view.clusterId === null) {
    const [first] = view.silent;
    const why = first === undefined ? 'it is the only member' : `${first.endpoint}: ${first.trouble.detail}`;
    return finding('probe.no-quorum', why);
  }
  const own = view.members.find(({ id }) => id === ownId);
  if (own === undefined) return finding('probe.failed', 'the others do not list it');
  if (answers(own)) return finding('probe.ok', `it answers at ${own.endpoint}`);
  return keepsQuorumWithout(view, ownId)
    ? finding('probe.dispensable', `${nameOf(own)} answers at none of its addresses`)
    : finding('probe.no-quorum');
}

/** A look that does not end in time says nothing: a disk that does not give the TLS files is no hang of the member. */
export async function lookOthers(
  { reach, peers, wallMs }: { readonly reach: Reach; readonly peers: Peers | null; readonly wallMs: () => number },
  target: TargetOf<'etcd'>,
  { signal, tell, timeoutMs }: LookContext,
): Promise<Finding> {
  if (peers === null)
    return finding('probe.failed', 'it has not answered since nodemend began, so its peers are not known');
  signal.addEventListener('abort', () => tell(finding('probe.failed', 'the others could not be asked in time')));
  const access = { ...target, endpoints: peers.urls.filter((url) => URL.canParse(url)) };
  // Whole milliseconds: a timer of Node's takes no others.
  const callMs = Math.floor(timeoutMs / mostCalls);
  return judgeOthers(await observeCluster(access, [], { reach, timeoutMs: callMs, wallMs }), peers.ownId);
}
