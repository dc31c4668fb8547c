/** A member is taken off the list. One that takes part only while all others do; a dead one as long as there is quorum. */
import { takesPart } from '../quorum.ts';
import { type MemberView, nameOf } from '../view.ts';
import { leadElsewhere, snapshotFirst } from './before.ts';
import { allTakePart, firstOf, noneJoins, oneCluster, oneVersion, othersVote, quorumHolds } from './guards.ts';
import { isUp, type Scene } from './scene.ts';
import { done, type Next, refuse, toDo } from './steps.ts';

export function takeOff(scene: Scene, member: MemberView, why: string): Next {
  const { view } = scene;
  const remove = toDo({ do: 'remove', memberId: member.id, name: nameOf(member) }, why);
  // It counts for no quorum.
  if (member.learner) return remove;
  const apart = firstOf(
    noneJoins(view),
    oneVersion(view),
    takesPart(member) ? allTakePart(view) : null,
    othersVote(view, member.id),
  );
  if (apart !== null) return refuse(`cannot remove ${nameOf(member)}: ${apart}`);
  return snapshotFirst(scene) ?? leadElsewhere(scene, member, 'it is removed') ?? remove;
}

/** The process of who was removed ends by itself; where it does not, it is stopped on its node. */
export function nextOfRemove(scene: Scene, memberId: string): Next {
  const { view, here } = scene;
  const guarded = firstOf(oneCluster(view), quorumHolds(view));
  if (guarded !== null) return refuse(guarded);
  const member = view.members.find(({ id }) => id === memberId);
  if (member !== undefined) return takeOff(scene, member, 'as asked');
  return here !== null && here.data?.memberId === memberId && isUp(here)
    ? toDo({ do: 'stop', unit: here.unit }, 'it is no member any more')
    : done(`member ${BigInt(memberId).toString(16)} is not on the list`);
}
