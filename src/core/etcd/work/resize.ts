/** A cluster of so many voters, one change at a time. Who comes is added on its own node; who leaves is removed from anywhere. */
import { answers, type MemberView, nameOf } from '../view.ts';
import { firstOf, noneJoins, oneCluster, quorumHolds, votersOf } from './guards.ts';
import { nextOfJoin } from './join.ts';
import { takeOff } from './leave.ts';
import { findOwn, type Place, type Scene } from './scene.ts';
import { done, type Next, refuse } from './steps.ts';

const isAt = ({ peerUrl }: Place, { peerUrls }: MemberView): boolean => peerUrls.includes(peerUrl);

/** The dead first, then who is not in the configuration, then the last of it. */
function leaving(voters: readonly MemberView[], places: readonly Place[]): MemberView | undefined {
  const rank = (member: MemberView): number => {
    const at = places.findIndex((place) => isAt(place, member));
    return (answers(member) ? 0 : 10_000) + (at < 0 ? 1_000 : at);
  };
  const byName = voters.toSorted((one, other) => (nameOf(one) < nameOf(other) ? 1 : -1));
  return byName.toSorted((one, other) => rank(other) - rank(one))[0];
}

function grow(scene: Scene, missing: number, places: readonly Place[]): Next {
  const { view, here } = scene;
  const own = findOwn(scene);
  const mayJoin =
    here !== null && (places.length === 0 || places.some(({ peerUrl }) => here.peerUrls.includes(peerUrl)));
  if (mayJoin && (own === null || own.learner)) return nextOfJoin(scene, null);
  const guarded = noneJoins(view);
  if (guarded !== null) return refuse(guarded);
  const absent = places.filter((place) => !view.members.some((member) => isAt(place, member)));
  if (places.length > 0 && absent.length < missing)
    return refuse(`${missing} more are needed, and etcd.members has ${absent.length} that are no members yet`);
  const whom = absent.slice(0, missing).map(({ name }) => name);
  return {
    is: 'elsewhere',
    awaited: false,
    what:
      whom.length > 0
        ? whom.map((name) => `${name}: the same command there`)
        : [`${missing} more: the same command on their nodes`],
  };
}

export function nextOfResize(scene: Scene, wanted: number, places: readonly Place[]): Next {
  const { view } = scene;
  const guarded = firstOf(oneCluster(view), quorumHolds(view));
  if (guarded !== null) return refuse(guarded);
  const voters = votersOf(view);
  if (voters.length < wanted) return grow(scene, wanted - voters.length, places);
  const goes = voters.length > wanted ? leaving(voters, places) : undefined;
  if (goes !== undefined) return takeOff(scene, goes, `${wanted} voters are wanted, there are ${voters.length}`);
  return done(`the cluster has ${wanted} voters`);
}
