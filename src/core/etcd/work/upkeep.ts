/** Room in the database: defragmentation, and what it takes to write again after NOSPACE. A member that defragments serves nobody: one at a time, the leader last. */
import { isFragmented, quotaOf } from '../judge-member.ts';
import { answers, type ClusterView, type MemberView, nameOf } from '../view.ts';
import { leadElsewhere } from './before.ts';
import {
  allTakePart,
  firstOf,
  hasAlarm,
  isNear,
  leaderOf,
  noneJoins,
  oneCluster,
  quorumHolds,
  votersOf,
} from './guards.ts';
import type { Scene } from './scene.ts';
import { done, type Next, refuse, toDo, waitFor } from './steps.ts';

/** Followers by their names, then the leader. */
function inOrder(view: ClusterView): readonly MemberView[] {
  const leader = leaderOf(view);
  const rank = (member: MemberView): string => `${Number(member.id === leader?.id)} ${nameOf(member)}`;
  return votersOf(view).toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1));
}

function readyForUpkeep(view: ClusterView): string | null {
  return firstOf(oneCluster(view), quorumHolds(view), allTakePart(view), noneJoins(view));
}

function defragment(scene: Scene, member: MemberView, why: string): Next {
  const late = votersOf(scene.view).find((other) => !isNear(other, scene.view));
  if (late !== undefined) return waitFor(`${nameOf(late)} to catch up`);
  return (
    leadElsewhere(scene, member, 'it serves nobody while it defragments') ??
    toDo({ do: 'defragment', memberId: member.id, name: nameOf(member) }, why)
  );
}

export function nextOfDefrag(scene: Scene): Next {
  const { view } = scene;
  const guarded = readyForUpkeep(view);
  if (guarded !== null) return refuse(guarded);
  const needy = inOrder(view).find(({ status }) => status !== null && isFragmented(status));
  return needy === undefined
    ? done('no member has as much as 45 % of 100 MiB or more free')
    : defragment(scene, needy, 'much of its file is free');
}

/** Above it the quota is near enough to be reached again at once. */
const roomyShare = 0.8;
/** A defragmentation that would gain less is none. */
const leastGain = 0.1;

const isTight = (member: MemberView): boolean =>
  answers(member) && (member.status?.dbBytes ?? 0) >= roomyShare * quotaOf(member);
/** All hold the same keys: what one needs is enough for each, also while another has not yet counted what it has freed. */
function gains({ status }: MemberView, view: ClusterView): boolean {
  const needed = Math.min(...votersOf(view).flatMap((other) => other.status?.dbBytesInUse ?? []));
  return status !== null && status.dbBytes - needed >= leastGain * status.dbBytes;
}

/** The revision up to which history goes, or null when it is gone already or a member does not tell. */
function historyOf(view: ClusterView): number | null {
  const revision = Math.min(...view.members.map(({ status }) => status?.revision ?? 0));
  const kept = view.members.some(
    ({ figures }) => figures?.compactRevision != null && figures.compactRevision < revision,
  );
  return kept && revision > 1 ? revision : null;
}

export function nextOfDisarm(scene: Scene): Next {
  const { view } = scene;
  const guarded = readyForUpkeep(view);
  if (guarded !== null) return refuse(guarded);
  if (!hasAlarm(view, 'NOSPACE')) return done('the alarm NOSPACE is not raised');
  const tight = inOrder(view).filter(isTight);
  const revision = tight.length === 0 ? null : historyOf(view);
  if (revision !== null) return toDo({ do: 'compact', revision }, 'old revisions take up the room');
  const needy = tight.find((member) => gains(member, view));
  if (needy !== undefined) return defragment(scene, needy, 'only a smaller file is below the quota');
  const [full] = tight;
  if (full !== undefined)
    return refuse(
      `${nameOf(full)} is as full as before without its history: delete keys, or raise quota-backend-bytes (8 GiB at most) on every member; then again`,
    );
  return toDo({ do: 'disarm' }, 'every member has room again');
}
