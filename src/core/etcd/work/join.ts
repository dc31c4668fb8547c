/**
 * This node's member becomes a voter: added as a learner, which changes no quorum, started on an empty disk, promoted once it has caught up. Where it is to
 * replace a dead one, that one is removed first.
 */
import { answers, type MemberView, nameOf } from '../view.ts';
import { snapshotFirst } from './before.ts';
import { firstOf, isNear, noneJoins, notCorrupt, oneCluster, oneVersion, quorumHolds } from './guards.ts';
import { findOwn, type Here, isUp, type Scene } from './scene.ts';
import { done, type Next, refuse, toDo, waitFor } from './steps.ts';

function removeDead(scene: Scene, dead: MemberView): Next {
  const { here } = scene;
  if (answers(dead)) return refuse(`${nameOf(dead)} answers: what answers is not replaced`);
  const joining = noneJoins(scene.view);
  if (joining !== null) return refuse(joining);
  if (here !== null && findOwn(scene)?.id === dead.id && isUp(here))
    return toDo(
      { do: 'stop', unit: here.unit },
      'it does not answer, and is not to come back while its place is taken',
    );
  const why = 'it is dead, and its place is needed';
  return snapshotFirst(scene) ?? toDo({ do: 'remove', memberId: dead.id, name: nameOf(dead) }, why);
}

/** As etcd wants it of who joins: all that are there, and itself. */
function initialClusterFor({ view }: Scene, { name, peerUrls }: Here): string {
  const others = view.members.filter(
    (member) => member.name !== '' && !member.peerUrls.some((url) => peerUrls.includes(url)),
  );
  const all = [...others.map((member) => ({ name: member.name, peerUrls: member.peerUrls })), { name, peerUrls }];
  return all
    .flatMap((member) => member.peerUrls.map((url) => `${member.name}=${url}`))
    .toSorted()
    .join(',');
}

/** A learner that does not answer: what is on its disk and in its settings has to be of the present membership. */
function bringUp(scene: Scene, here: Here, own: MemberView): Next {
  const { unit, data, dataDirectory } = here;
  const initialCluster = initialClusterFor(scene, here);
  const isSet = here.initialCluster === initialCluster && here.initialState === 'existing';
  const isFresh = data === null || data.memberId === '0';
  const isRight = data?.memberId === own.id || (isUp(here) && isSet && isFresh);
  if (isRight)
    return isUp(here)
      ? waitFor(`${here.name} to answer`)
      : toDo({ do: 'start', unit }, 'it copies the data from the others');
  if (isUp(here)) return toDo({ do: 'stop', unit }, 'it runs on what is of no use any more');
  if (data !== null)
    return toDo(
      { do: 'set-aside', directory: dataDirectory },
      'it is of an earlier membership; a new one begins empty',
    );
  // Others count on what it has confirmed to them.
  if (own.name !== '')
    return toDo({ do: 'remove', memberId: own.id, name: nameOf(own) }, 'what it had copied is gone, so it begins anew');
  return isSet
    ? toDo({ do: 'start', unit }, 'it copies the data from the others')
    : toDo({ do: 'configure', initialCluster, state: 'existing', token: null }, 'it joins what is there');
}

function promote(scene: Scene, here: Here, own: MemberView): Next {
  const { view } = scene;
  if (!answers(own)) return bringUp(scene, here, own);
  if (!isNear(own, view)) return waitFor(`${here.name} to catch up`);
  return toDo({ do: 'promote', name: here.name, peerUrls: own.peerUrls }, 'it has caught up');
}

/** Of a member that is on the list as a voter. */
function settle(scene: Scene, here: Here, own: MemberView, replacing: string | null): Next {
  if (answers(own)) return done(`${here.name} votes and answers`);
  if (own.id === replacing) return removeDead(scene, own);
  const { data, unit } = here;
  if (data?.memberId !== own.id)
    return refuse(
      `${here.name} is a member already, and its data is not on this node: nodemend etcd replace takes it out and adds it anew`,
    );
  if (isUp(here)) return waitFor(`${here.name} to answer`);
  return toDo({ do: 'start', unit }, 'it is a member and stands still');
}

export function nextOfJoin(scene: Scene, replacing: string | null): Next {
  const { view, here } = scene;
  if (here === null) return refuse(scene.hereTrouble);
  const own = findOwn(scene);
  const ownIds = own === null ? [] : [own.id];
  const guarded = firstOf(
    oneCluster(view),
    quorumHolds(view),
    noneJoins(view, ownIds),
    oneVersion(view),
    notCorrupt(view),
  );
  if (guarded !== null) return refuse(guarded);
  const dead = replacing === null ? undefined : view.members.find(({ id }) => id === replacing);
  if (dead !== undefined && dead.id !== own?.id) return removeDead(scene, dead);
  if (own === null)
    return toDo({ do: 'add-learner', name: here.name, peerUrls: here.peerUrls }, 'a learner counts for no quorum');
  return own.learner ? promote(scene, here, own) : settle(scene, here, own, replacing);
}
