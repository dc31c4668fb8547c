/** What comes before a member is taken out: a snapshot, and another leader. */
import { type MemberView, nameOf } from '../view.ts';
import { isNear, votersOf } from './guards.ts';
import type { Scene } from './scene.ts';
import { type Next, toDo, waitFor } from './steps.ts';

/** The usual schedule takes one every hour. */
const freshMs = 3_600_000;

/** null when there is one that is fresh. */
export function snapshotFirst({ view, snapshotWallMs }: Scene): Next | null {
  const fresh = snapshotWallMs !== null && view.takenWallMs - snapshotWallMs <= freshMs;
  return fresh ? null : toDo({ do: 'snapshot' }, 'the way back, whatever happens');
}

/** null when it does not lead, or there is nobody else. */
export function leadElsewhere({ view }: Scene, member: MemberView, why: string): Next | null {
  if (member.status === null || member.status.leaderId !== member.id) return null;
  const others = votersOf(view).filter(({ id }) => id !== member.id);
  if (others.length === 0) return null;
  const next = others.find((other) => isNear(other, view));
  return next === undefined
    ? waitFor(`a member that can lead instead of ${nameOf(member)}`)
    : toDo({ do: 'move-leader', memberId: next.id, name: nameOf(next) }, why);
}
