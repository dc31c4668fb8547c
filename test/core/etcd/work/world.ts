/**
 * A virtual world of nodes with etcd members: what etcd and systemd do with each step, told independently of what plans foresee of it, and the rules that
 * nothing may break. Data has a cluster, a member and the last revision it holds.
 */

import type { MemberView } from '../../../../src/core/etcd/view.ts';
import type { Here, Place, Scene } from '../../../../src/core/etcd/work/scene.ts';
import type { WorkStep } from '../../../../src/core/etcd/work/steps.ts';
import { nowWallMs, status, cluster as viewOf } from '../stage.ts';

interface Data {
  readonly clusterId: string;
  readonly memberId: string;
  revision: number;
}

export interface Node {
  readonly name: string;
  readonly peerUrl: string;
  process: Here['process'];
  data: Data | null;
  aside: Data[];
  initialCluster: string;
  initialState: string;
  initialToken: string;
  version: string;
  installed: string;
  changedSince: string | null;
  dbBytes: number;
  dbBytesInUse: number;
  /** Nothing starts there any more. */
  broken: boolean;
  /** It answers, and takes no part in the cluster. */
  cutOff: boolean;
  /** Looks that it takes until it has caught up. */
  behind: number;
}

interface Member {
  readonly id: string;
  readonly peerUrl: string;
  name: string;
  learner: boolean;
}

export interface Cluster {
  readonly id: string;
  members: Member[];
  leader: string | null;
  revision: number;
  compacted: number;
  noSpace: boolean;
  corrupt: boolean;
}

export const urlOf = (name: string): string => `https://10.0.0.${name.slice(1)}:2380`;
const MiB = 1_048_576;
const quota = 2_048 * MiB;

export function createWorld(names: readonly string[], members: readonly string[]) {
  let nextId = 100;
  const broken: string[] = [];
  /** What etcd itself has refused: nobody should have asked for it, unless something befell the cluster since the last look. */
  const rejected: string[] = [];
  const nodes = new Map<string, Node>(
    names.map((name) => [
      name,
      {
        name,
        peerUrl: urlOf(name),
        process: 'stopped',
        data: null,
        aside: [],
        initialCluster: '',
        initialState: 'new',
        initialToken: 'etcd-cluster',
        version: '3.5.30',
        installed: '3.5.30',
        changedSince: null,
        dbBytes: 200 * MiB,
        dbBytesInUse: 190 * MiB,
        broken: false,
        cutOff: false,
        behind: 0,
      },
    ]),
  );
  const clusters: Cluster[] = [];
  let snapshotWallMs: number | null = null;
  /** Data ever written with something in it: member and cluster. */
  const written = new Set<string>();

  const node = (name: string): Node => {
    const found = nodes.get(name);
    if (found === undefined) throw new Error(`there is no node ${name}`);
    return found;
  };
  const nodeOf = (member: Member): Node =>
    [...nodes.values()].find(({ peerUrl }) => peerUrl === member.peerUrl) as Node;
  const isAlive = (member: Member): boolean => {
    const { process, data } = nodeOf(member);
    return process === 'running' && data?.memberId === member.id;
  };
  const votersOf = ({ members: all }: Cluster): Member[] => all.filter(({ learner }) => !learner);
  const takesPart = (member: Member): boolean => isAlive(member) && !nodeOf(member).cutOff;
  const quorum = (one: Cluster): boolean =>
    votersOf(one).filter(takesPart).length >= Math.floor(votersOf(one).length / 2) + 1;

  function elect(one: Cluster): void {
    if (!quorum(one)) one.leader = null;
    else if (!votersOf(one).some(({ id }) => id === one.leader && takesPart(nodeFor(one, id))))
      one.leader = votersOf(one).find(takesPart)?.id ?? null;
  }
  const nodeFor = (one: Cluster, id: string): Member => one.members.find((member) => member.id === id) as Member;

  function found(places: readonly Place[], token: string): Cluster {
    const id = `7${token.length}${places.map(({ name }) => name.slice(1)).join('')}`;
    const known = clusters.find((one) => one.id === id);
    if (known !== undefined) return known;
    const made: Cluster = {
      id,
      members: places.map(({ name, peerUrl }) => ({ id: `${id}${name.slice(1)}`, peerUrl, name, learner: false })),
      leader: null,
      revision: 1,
      compacted: -1,
      noSpace: false,
      corrupt: false,
    };
    clusters.push(made);
    return made;
  }

  const placesOf = (text: string): Place[] =>
    text.split(',').map((pair) => ({ name: pair.split('=')[0] ?? '', peerUrl: pair.split('=')[1] ?? '' }));

  function write(one: Node, data: Data): void {
    one.data = data;
    written.add(`${data.clusterId}/${data.memberId}`);
  }

  /** What etcd does with an empty disk. */
  function bootstrap(one: Node): boolean {
    // etcd would make a cluster of its own.
    if (one.initialCluster === '') broken.push(`${one.name} was started empty and without a list`);
    const places = one.initialCluster === '' ? [] : placesOf(one.initialCluster);
    if (one.initialState === 'new') {
      const made = found(places, one.initialToken);
      const own = made.members.find(({ peerUrl }) => peerUrl === one.peerUrl);
      if (own === undefined) return false;
      write(one, { clusterId: made.id, memberId: own.id, revision: 1 });
      return true;
    }
    const there = clusters.find(
      (known) => quorum(known) && known.members.some(({ peerUrl }) => peerUrl === one.peerUrl),
    );
    const own = there?.members.find(({ peerUrl }) => peerUrl === one.peerUrl);
    if (there === undefined || own === undefined) return false;
    // "member has already been bootstrapped", and a list that is not the cluster's.
    const same =
      places.length === there.members.length &&
      places.every((place) => there.members.some(({ peerUrl }) => peerUrl === place.peerUrl));
    if (own.name !== '' || !same) return false;
    own.name = one.name;
    one.behind = 2;
    write(one, { clusterId: there.id, memberId: own.id, revision: there.revision });
    return true;
  }

  function start(one: Node): void {
    if (one.broken) {
      one.process = 'failed';
      return;
    }
    const known = one.data !== null || bootstrap(one);
    const isMember = clusters.some(({ members: all }) => all.some(({ id }) => id === one.data?.memberId));
    one.process = known ? (isMember ? 'running' : 'stopped') : 'failed';
    if (one.process !== 'running') return;
    one.version = one.installed;
    one.changedSince = null;
  }

  function clusterWith(memberId: string): Cluster {
    const one = clusters.find(({ members: all }) => all.some(({ id }) => id === memberId));
    if (one === undefined) throw new Error('etcdserver: member not found');
    return one;
  }

  /** The cluster that answers a node: one with quorum before one without. */
  const seenFrom = (): Cluster | null => {
    const there = clusters.filter(({ members: all }) => all.some(isAlive));
    for (const one of there) elect(one);
    return there.find(quorum) ?? there[0] ?? null;
  };

  function refuse(why: string): never {
    rejected.push(why);
    throw new Error(`etcdserver: ${why}`);
  }

  /** Membership changes while all run one version, and one at a time. */
  function demandCalm(one: Cluster, what: string): void {
    const versions = new Set(one.members.filter(isAlive).map((member) => nodeOf(member).version.slice(0, 3)));
    if (versions.size > 1) broken.push(`${what} in the middle of an upgrade`);
  }

  function writable(): Cluster {
    const one = seenFrom();
    if (one === null || !quorum(one)) return refuse('request timed out');
    return one;
  }

  const locals: { readonly [Do in WorkStep['do']]?: (own: Node, step: Extract<WorkStep, { do: Do }>) => void } = {
    stop: (own) => {
      own.process = 'stopped';
    },
    start,
    restart: (own) => {
      own.process = 'stopped';
      start(own);
    },
    'set-aside': (own) => {
      if (own.process === 'running') broken.push(`the data of ${own.name} was moved under its process`);
      if (own.data !== null) own.aside.push(own.data);
      own.data = null;
    },
    configure: (own, step) => {
      own.initialCluster = step.initialCluster;
      own.initialState = step.state;
      own.initialToken = step.token ?? own.initialToken;
    },
    restore: (own, { places, token, snapshot }) => {
      if (own.data !== null) broken.push(`${own.name} was restored over its data`);
      const made = found(places, token);
      const member = made.members.find(({ peerUrl }) => peerUrl === own.peerUrl) as Member;
      made.revision = Math.max(made.revision, snapshot.revision);
      write(own, { clusterId: made.id, memberId: member.id, revision: snapshot.revision });
    },
  };

  const shared: { readonly [Do in WorkStep['do']]?: (one: Cluster, step: Extract<WorkStep, { do: Do }>) => void } = {
    snapshot: () => {
      snapshotWallMs = nowWallMs;
    },
    'move-leader': (one, { memberId }) => {
      if (!votersOf(one).some((member) => member.id === memberId && isAlive(member))) refuse('bad leader transferee');
      one.leader = memberId;
    },
    remove: (one, { memberId }) => {
      const member = one.members.find(({ id }) => id === memberId);
      if (member === undefined) return refuse('member not found');
      const rest = votersOf(one).filter(({ id }) => id !== memberId);
      if (!member.learner && rest.filter(takesPart).length < Math.floor(rest.length / 2) + 1)
        refuse('unhealthy cluster');
      if (!member.learner) {
        demandCalm(one, 'a member was removed');
        if (one.members.some(({ learner }) => learner)) broken.push('a member was removed while another was joining');
      }
      if (!member.learner && snapshotWallMs === null) broken.push(`${memberId} was removed without a snapshot`);
      if (isAlive(member) && one.leader === memberId && votersOf(one).length > 1) broken.push('the leader was removed');
      one.members = one.members.filter(({ id }) => id !== memberId);
      const own = nodeOf(member);
      if (own.data?.memberId === memberId && own.process === 'running') own.process = 'stopped';
    },
    'add-learner': (one, { peerUrls: [peerUrl = ''] }) => {
      if (one.members.some(({ learner }) => learner)) refuse('too many learner members in cluster');
      if (one.members.some((member) => member.peerUrl === peerUrl)) refuse('Peer URLs already exists');
      demandCalm(one, 'a member was added');
      if (one.corrupt) broken.push('a member was added to copy damage');
      nextId += 1;
      one.members.push({ id: String(nextId), peerUrl, name: '', learner: true });
    },
    promote: (one, { peerUrls: [peerUrl] }) => {
      const member = one.members.find((known) => known.peerUrl === peerUrl);
      if (member === undefined) return refuse('member not found');
      if (!isAlive(member) || nodeOf(member).behind > 0)
        broken.push(`${member.name} was promoted before it had caught up`);
      member.learner = false;
    },
    compact: (one, { revision }) => {
      one.compacted = revision;
      for (const member of one.members) nodeOf(member).dbBytesInUse /= 10;
    },
    defragment: (one, { memberId }) => {
      const member = nodeFor(one, memberId);
      if (one.leader === memberId && votersOf(one).length > 1) broken.push('the leader was defragmented');
      if (!votersOf(one).every(takesPart)) broken.push('a member was defragmented while another was out');
      nodeOf(member).dbBytes = nodeOf(member).dbBytesInUse;
    },
    disarm: (one) => {
      one.noSpace = one.members.some((member) => nodeOf(member).dbBytes >= quota);
      if (one.noSpace) broken.push('the alarm was disarmed while a member was full');
    },
  };

  /** Carries a step out from a node. Throws what etcd would say. */
  function perform(from: string, step: WorkStep): void {
    const own = node(from);
    const before = clusters.filter(quorum);
    const out = (one: Cluster): number => votersOf(one).filter((member) => !takesPart(member)).length;
    const wereOut = new Map(before.map((one) => [one, out(one)]));
    const doHere = locals[step.do] as ((own: Node, step: WorkStep) => void) | undefined;
    const doThere = shared[step.do] as ((one: Cluster, step: WorkStep) => void) | undefined;
    if (doHere !== undefined) doHere(own, step);
    else if (doThere !== undefined)
      doThere('memberId' in step && step.do !== 'move-leader' ? clusterWith(step.memberId) : writable(), step);
    for (const one of before) {
      if (!quorum(one)) broken.push(`${step.do} on ${from} lost the quorum`);
      if (out(one) > Math.max(1, wereOut.get(one) ?? 0)) broken.push(`${step.do} on ${from}: a second member is out`);
    }
  }

  function memberView(one: Cluster, member: Member): MemberView {
    const own = nodeOf(member);
    const alive = isAlive(member);
    const behind = own.behind > 0 ? 5_000 : 0;
    if (alive && own.behind > 0) own.behind -= 1;
    return {
      id: member.id,
      name: member.name,
      peerUrls: [member.peerUrl],
      clientUrls: member.name === '' ? [] : [member.peerUrl.replace('2380', '2379')],
      learner: member.learner,
      endpoint: alive ? member.peerUrl.replace('2380', '2379') : null,
      status: alive
        ? {
            ...status,
            version: own.version,
            leaderId: own.cutOff ? '0' : (one.leader ?? '0'),
            revision: one.revision,
            raftIndex: 6_000,
            raftAppliedIndex: 6_000 - behind,
            dbBytes: own.dbBytes,
            dbBytesInUse: own.dbBytesInUse,
            errors: [
              ...(one.noSpace ? ['memberID:1 alarm:NOSPACE '] : []),
              ...(one.corrupt ? ['memberID:1 alarm:CORRUPT '] : []),
            ],
          }
        : null,
      figures: alive
        ? { fsync: [], commit: [], leaderChanges: 1, quotaBytes: quota, compactRevision: one.compacted }
        : null,
      trouble: alive ? null : { reason: 'etcd.unreachable', detail: 'connection refused' },
      answeredBy: null,
      certificateEndsWallMs: null,
    };
  }

  function look(from: string): Scene {
    const own = node(from);
    const one = seenFrom();
    const here: Here = {
      unit: 'etcd.service',
      name: own.name,
      peerUrls: [own.peerUrl],
      process: own.process,
      dataDirectory: '/var/lib/etcd/default',
      data: own.data === null ? null : { clusterId: own.data.clusterId, memberId: own.data.memberId },
      initialCluster: own.initialCluster,
      initialState: own.initialState,
      initialToken: own.initialToken,
      installedVersion: own.installed,
      changedSince: own.changedSince,
    };
    const view = viewOf(one === null ? [] : one.members.map((member) => memberView(one, member)), {
      clusterId: one?.id ?? null,
    });
    return { view, here, hereTrouble: '', snapshotWallMs };
  }

  /** A process ends and does not come back, or its disk is gone as well. */
  function strike(name: string, { disk = false }: { readonly disk?: boolean } = {}): void {
    const own = node(name);
    own.process = 'failed';
    if (disk) {
      written.delete(`${own.data?.clusterId}/${own.data?.memberId}`);
      own.data = null;
    }
  }

  /** All data that was ever written and not struck is somewhere. */
  function demandData(): void {
    const there = new Set(
      [...nodes.values()]
        .flatMap(({ data, aside }) => [...aside, ...(data === null ? [] : [data])])
        .map(({ clusterId, memberId }) => `${clusterId}/${memberId}`),
    );
    for (const one of written) if (!there.has(one)) broken.push(`the data of ${one} is gone`);
  }

  if (members.length > 0) {
    const places = members.map((name) => ({ name, peerUrl: urlOf(name) }));
    const initialCluster = places.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(',');
    for (const name of members) {
      const own = node(name);
      own.initialCluster = initialCluster;
      start(own);
    }
    const [one] = clusters;
    if (one !== undefined) one.revision = 1_000;
  }

  return {
    node,
    perform,
    look,
    strike,
    cluster: (): Cluster | null => seenFrom(),
    voters: (): string[] => {
      const one = seenFrom();
      return one === null
        ? []
        : votersOf(one)
            .filter(isAlive)
            .map(({ name }) => name)
            .toSorted();
    },
    /** Rules that were broken so far. */
    broken: (): readonly string[] => {
      demandData();
      return broken;
    },
    rejected: (): readonly string[] => rejected,
    hasSnapshot: (): void => {
      snapshotWallMs = nowWallMs;
    },
    found,
  };
}

export type World = ReturnType<typeof createWorld>;
