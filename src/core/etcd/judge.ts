/** What is the matter with a cluster: the worst first. The same for the daemon and for `nodemend etcd status`. */
import { reasons, type Severity } from '../reason.ts';
import { type Finding, ofCluster } from './finding.ts';
import { judgeEnd, judgeMembers } from './judge-member.ts';
import { standingOf } from './quorum.ts';
import { type ClusterView, type MemberView, nameOf } from './view.ts';

const order: Readonly<Record<Severity, number>> = { error: 0, warn: 1, info: 2 };

const names = (members: readonly MemberView[]): string => members.map(nameOf).join(', ');

function judgeQuorum(view: ClusterView): Finding[] {
  const { voters, answering, quorum, spare } = standingOf(view);
  if (voters === 0) return [];
  const told = `${answering} of ${voters} voters take part, ${quorum} are needed`;
  if (spare < 0) return [ofCluster('etcd.quorum-lost', told)];
  return spare === 0 && voters > 2 ? [ofCluster('etcd.no-margin', told)] : [];
}

function judgeShape({ members }: ClusterView): Finding[] {
  const voters = members.filter((member) => !member.learner);
  const learners = members.filter((member) => member.learner);
  const hosts = new Map<string, MemberView[]>();
  for (const member of members)
    for (const host of new Set(member.peerUrls.map((url) => hostOf(url))))
      hosts.set(host, [...(hosts.get(host) ?? []), member]);
  return [
    ...(voters.length > 0 && voters.length % 2 === 0 ? [ofCluster('etcd.even-voters', `${voters.length} voters`)] : []),
    ...(learners.length > 0 ? [ofCluster('etcd.learner', names(learners))] : []),
    ...[...hosts]
      .filter(([, there]) => there.length > 1)
      .map(([host, there]) => ofCluster('etcd.shared-host', `${names(there)} on ${host}`)),
  ];
}

/** No URL class in the core; what etcd lists is scheme://host:port. */
function hostOf(url: string): string {
  return /^\w+:\/\/(\[[^\]]*\]|[^:/]*)/.exec(url)?.[1] ?? url;
}

/** Members that know one another's leader differently are seen in an election or a partition. */
function judgeLeaders({ members }: ClusterView): Finding[] {
  const known = new Set(
    members.flatMap(({ status }) => (status === null || status.leaderId === '0' ? [] : [status.leaderId])),
  );
  return known.size > 1 ? [ofCluster('etcd.no-leader', `members name ${known.size} different leaders`)] : [];
}

/** More elections than that between two looks a quarter of an hour apart is what etcd's mixin alerts on. */
const mostLeaderChanges = 3;

function judgeChanges(view: ClusterView, before: ClusterView | null): Finding[] {
  const changes = view.members.map((member) => {
    const then = before?.members.find(({ id }) => id === member.id)?.figures?.leaderChanges ?? null;
    const now = member.figures?.leaderChanges ?? null;
    return then === null || now === null ? 0 : now - then;
  });
  const most = Math.max(0, ...changes);
  return most > mostLeaderChanges ? [ofCluster('etcd.leader-changes', `${most} in a quarter of an hour`)] : [];
}

function judgeWay(view: ClusterView): Finding[] {
  // What is an address of a member's is told of that member.
  const known = new Set(view.members.flatMap(({ clientUrls }) => clientUrls));
  const files = view.certificates.flatMap(({ path, endsWallMs, detail }): Finding[] => {
    if (endsWallMs === null) return [ofCluster('etcd.tls', `cannot read the certificate ${path}: ${detail}`)];
    const ending = judgeEnd(endsWallMs, view.takenWallMs);
    return ending === null ? [] : [ofCluster(ending.reason, `the certificate in ${path} ${ending.when}`)];
  });
  return [
    ...view.strangers.map(({ endpoint, clusterId }) =>
      ofCluster('etcd.two-clusters', `${endpoint} belongs to cluster ${BigInt(clusterId).toString(16)}`),
    ),
    ...files,
    ...view.silent
      .filter(({ endpoint }) => !known.has(endpoint))
      .map(({ endpoint, trouble }) => ofCluster(trouble.reason, `${endpoint}: ${trouble.detail}`)),
  ];
}

/** `before`: a look some minutes older, for what is only seen over time; null where there is none. */
export function judge(view: ClusterView, before: ClusterView | null): readonly Finding[] {
  const found = [
    ...judgeQuorum(view),
    ...judgeWay(view),
    ...judgeLeaders(view),
    ...judgeMembers(view, before),
    ...judgeShape(view),
    ...judgeChanges(view, before),
  ];
  return found.toSorted((one, other) => order[reasons[one.reason].severity] - order[reasons[other.reason].severity]);
}
