/**
 * One look at a whole cluster: the configured endpoints first, then every member of the list at the addresses it advertises. Each is asked for what
 * it knows by itself, which takes no quorum. Never rejects: what does not answer is part of the view.
 */
import type { ClusterView, MemberStatus, MemberView, Trouble } from '../../core/etcd/view.ts';
import * as protos from '../grpc/protos/etcd.ts';
import type { Remote } from '../grpc/remote.ts';
import { type Access, type AccessFiles, type Reach, troubleOf } from './access.ts';
import { readCertificates } from './certificates.ts';
import { readFigures } from './figures.ts';

/** Of each member so many advertised addresses are tried. */
const mostAddresses = 3;

interface Answer {
  readonly endpoint: string;
  readonly status: protos.MemberStatus;
  /** null from a learner, which does not tell. */
  readonly members: readonly protos.Member[] | null;
  readonly certificateEnds: string | null;
}

interface Silence {
  readonly endpoint: string;
  readonly trouble: Trouble;
}

type Heard = Answer | Silence;

const isAnswer = (heard: Heard): heard is Answer => 'status' in heard;

/** How a look is made. */
interface Way {
  readonly reach: Reach;
  readonly files: AccessFiles;
  /** For each call. */
  readonly timeoutMs: number;
}

/** etcd's learners answer this with FAILED_PRECONDITION: "rpc not supported for learner". */
async function listFrom(remote: Remote, { isLearner }: protos.MemberStatus, signal: AbortSignal) {
  if (isLearner) return null;
  return (await remote.call(protos.listMembers, { linearizable: false }, signal)).members;
}

async function ask(endpoint: string, { reach, files, timeoutMs }: Way): Promise<Heard> {
  try {
    return await reach(endpoint, files, timeoutMs, async (remote, signal) => {
      const status = await remote.call(protos.readStatus, {}, signal);
      const members = await listFrom(remote, status, signal);
      return { endpoint, status, members, certificateEnds: remote.certificateEnds() };
    });
  } catch (error) {
    return { endpoint, trouble: troubleOf(error, timeoutMs) };
  }
}

function statusOf(said: protos.MemberStatus): MemberStatus {
  return {
    version: said.version,
    leaderId: said.leader,
    revision: Number(said.header.revision),
    raftTerm: Number(said.raftTerm),
    raftIndex: Number(said.raftIndex),
    raftAppliedIndex: Number(said.raftAppliedIndex),
    dbBytes: Number(said.dbSize),
    dbBytesInUse: Number(said.dbSizeInUse),
    errors: said.errors,
  };
}

/** The first of a member's addresses that answers; else the last one's trouble. */
async function askMember({ clientUrls }: protos.Member, way: Way): Promise<Heard | null> {
  let heard: Heard | null = null;
  for (const url of clientUrls.slice(0, mostAddresses)) {
    if (!URL.canParse(url)) continue;
    heard = await ask(url, way);
    if (isAnswer(heard)) break;
  }
  return heard;
}

async function viewMember(member: protos.Member, known: readonly Answer[], way: Way): Promise<MemberView> {
  const heard = known.find(({ status }) => status.header.memberId === member.id) ?? (await askMember(member, way));
  const answer = heard !== null && isAnswer(heard) ? heard : null;
  const isItself = answer?.status.header.memberId === member.id;
  const figures =
    answer === null || !isItself
      ? null
      : await readFigures(answer.endpoint, way.files, AbortSignal.timeout(way.timeoutMs));
  return {
    id: member.id,
    name: member.name,
    peerUrls: member.peerUrls,
    clientUrls: member.clientUrls,
    learner: member.isLearner,
    endpoint: isItself ? answer.endpoint : null,
    status: isItself ? statusOf(answer.status) : null,
    figures,
    trouble:
      heard !== null && !isAnswer(heard)
        ? { ...heard.trouble, detail: `${heard.endpoint}: ${heard.trouble.detail}` }
        : null,
    answeredBy: answer === null || isItself ? null : BigInt(answer.status.header.memberId).toString(16),
    certificateEndsWallMs: answer?.certificateEnds == null ? null : Date.parse(answer.certificateEnds),
  };
}

export interface LookParts {
  readonly reach: Reach;
  readonly timeoutMs: number;
  readonly wallMs: () => number;
  /** Where members were seen earlier: asked when no configured endpoint answers. */
  readonly known?: readonly string[];
}

export async function observeCluster(
  access: Access,
  certificates: readonly string[],
  { reach, timeoutMs, wallMs, known = [] }: LookParts,
): Promise<ClusterView> {
  const way = { reach, files: access, timeoutMs };
  const askAll = (endpoints: readonly string[]): Promise<Heard[]> =>
    Promise.all(endpoints.map((endpoint) => ask(endpoint, way)));
  const heard = await askAll(access.endpoints);
  const others = known.filter((url) => URL.canParse(url) && !access.endpoints.includes(url));
  const answers = (heard.some(isAnswer) ? heard : await askAll(others)).filter(isAnswer);
  const first = answers.find(({ members }) => members !== null) ?? answers[0];
  const clusterId = first?.status.header.clusterId ?? null;
  const own = answers.filter(({ status }) => status.header.clusterId === clusterId);
  return {
    takenWallMs: wallMs(),
    clusterId,
    strangers: answers
      .filter((answer) => !own.includes(answer))
      .map(({ endpoint, status }) => ({ endpoint, clusterId: status.header.clusterId })),
    members: await Promise.all((first?.members ?? []).map((member) => viewMember(member, own, way))),
    silent: heard.filter((one): one is Silence => !isAnswer(one)),
    certificates: await readCertificates([...certificates, ...(access.cert === null ? [] : [access.cert])]),
  };
}
