/** What a step makes of what is there, if all goes well. Plans are shown by it; what is really done goes by looks alone. */
import { answers, type MemberStatus, type MemberView } from '../view.ts';
import { initialClusterOf } from './found.ts';
import { leaderOf, votersOf } from './guards.ts';
import { findOwn, type Here, type Scene } from './scene.ts';
import type { WorkStep } from './steps.ts';

/** Of a member that is not known before it is there. */
const foreseenId = '0';

const shares = (one: readonly string[], other: readonly string[]): boolean => one.some((url) => other.includes(url));

function withMembers(scene: Scene, change: (member: MemberView) => MemberView | null): Scene {
  const members = scene.view.members.map(change).filter((member) => member !== null);
  return { ...scene, view: { ...scene.view, members } };
}

const withStatus = (member: MemberView, change: Partial<MemberStatus>): MemberView =>
  member.status === null ? member : { ...member, status: { ...member.status, ...change } };

function withHere(scene: Scene, change: Partial<Here>): Scene {
  return scene.here === null ? scene : { ...scene, here: { ...scene.here, ...change } };
}

/** As well off as the leader. */
function answering(member: MemberView, { view }: Scene, here: Here): MemberView {
  const like =
    view.members.find(({ id, status }) => status?.leaderId === id) ??
    view.members.find(({ status }) => status !== null);
  return { ...member, name: here.name, trouble: null, status: member.status ?? like?.status ?? null };
}

function started(scene: Scene): Scene {
  const { here } = scene;
  const own = findOwn(scene);
  if (here === null) return scene;
  const version = here.installedVersion;
  const up = withHere(scene, { process: 'running', changedSince: null });
  return withMembers(up, (member) => {
    if (member.id !== own?.id) return member;
    const there = answering(member, scene, here);
    return version === null ? there : withStatus(there, { version });
  });
}

/** Whoever led may be the one that died. */
function withLeader(scene: Scene): Scene {
  const next = votersOf(scene.view).find(answers);
  if (leaderOf(scene.view) !== null || next === undefined) return scene;
  return withMembers(scene, (member) => withStatus(member, { leaderId: next.id }));
}

/** What is waited for has come: there is a leader, and whoever was late answers and has caught up. */
export function foreseeWaited(scene: Scene): Scene {
  const { here } = scene;
  const own = findOwn(scene);
  const led = withLeader(scene);
  const up = here?.process === 'starting' ? withHere(led, { process: 'running' }) : led;
  const newest = Math.max(...scene.view.members.map(({ status }) => status?.raftIndex ?? 0));
  return withMembers(up, (member) => {
    const there = here !== null && member.id === own?.id ? answering(member, scene, here) : member;
    return withStatus(there, { raftAppliedIndex: newest });
  });
}

function addLearner(scene: Scene, name: string, peerUrls: readonly string[]): Scene {
  const added: MemberView = {
    id: foreseenId,
    name: '',
    peerUrls,
    clientUrls: [],
    learner: true,
    endpoint: null,
    status: null,
    figures: null,
    trouble: { reason: 'etcd.unreachable', detail: `${name} was not started yet` },
    answeredBy: null,
    certificateEndsWallMs: null,
  };
  return { ...scene, view: { ...scene.view, members: [...scene.view.members, added] } };
}

function compacted(scene: Scene, revision: number): Scene {
  return withMembers(scene, (member) => {
    const { figures, status } = member;
    const freed = withStatus(member, { dbBytesInUse: Math.min(status?.dbBytesInUse ?? 0, (status?.dbBytes ?? 0) / 2) });
    return figures === null ? freed : { ...freed, figures: { ...figures, compactRevision: revision } };
  });
}

/** All hold the same keys, so what one needs is enough for each. */
function defragmented(scene: Scene, memberId: string): Scene {
  const dbBytes = Math.min(...scene.view.members.flatMap(({ status }) => status?.dbBytesInUse ?? []));
  return withMembers(scene, (member) =>
    member.id === memberId ? withStatus(member, { dbBytes, dbBytesInUse: dbBytes }) : member,
  );
}

export function foresee(scene: Scene, step: WorkStep): Scene {
  const { view, here } = scene;
  switch (step.do) {
    case 'snapshot':
      return { ...scene, snapshotWallMs: view.takenWallMs };
    case 'move-leader':
      return withMembers(scene, (member) => withStatus(member, { leaderId: step.memberId }));
    case 'remove': {
      const isOwn = findOwn(scene)?.id === step.memberId;
      const left = withMembers(scene, (member) => (member.id === step.memberId ? null : member));
      return isOwn && here?.process === 'running' ? withHere(left, { process: 'stopped' }) : left;
    }
    case 'add-learner':
      return addLearner(scene, step.name, step.peerUrls);
    case 'promote':
      return withMembers(scene, (member) =>
        shares(member.peerUrls, step.peerUrls) ? { ...member, learner: false } : member,
      );
    case 'compact':
      return compacted(scene, step.revision);
    case 'defragment':
      return defragmented(scene, step.memberId);
    case 'disarm':
      return withMembers(scene, (member) =>
        withStatus(member, { errors: (member.status?.errors ?? []).filter((said) => !said.includes('NOSPACE')) }),
      );
    case 'stop':
      return withHere(scene, { process: 'stopped' });
    case 'start':
    case 'restart':
      return started(scene);
    case 'set-aside':
      return withHere(scene, { data: null });
    case 'configure':
      return withHere(scene, {
        initialCluster: step.initialCluster,
        initialState: step.state,
        ...(step.token === null ? {} : { initialToken: step.token }),
      });
    case 'restore':
      return withHere(scene, { data: step.expected, initialCluster: initialClusterOf(step.places) });
  }
}
