/**
 * A cluster that begins: a new one, or one that is restored from a snapshot. Each node does its own part; which data a member has to carry follows from the
 * list and the token alone, so whoever went by another list or file is told from the others by it.
 */
import { standingOf } from '../quorum.ts';
import { answers } from '../view.ts';
import { allTakePart } from './guards.ts';
import { type DataOnDisk, type Here, isUp, type Place, type Scene } from './scene.ts';
import { done, type Next, refuse, toDo, waitFor } from './steps.ts';
import type { Wish } from './wish.ts';

const hex = (id: string): string => BigInt(id).toString(16);
const sameData = (one: DataOnDisk | null, other: DataOnDisk): boolean =>
  one?.clusterId === other.clusterId && one.memberId === other.memberId;
type Beginning = Extract<Wish, { command: 'create' | 'restore' }>;

export const initialClusterOf = (places: readonly Place[]): string =>
  places
    .map(({ name, peerUrl }) => `${name}=${peerUrl}`)
    .toSorted()
    .join(',');

function notListed({ name, peerUrls }: Here, places: readonly Place[]): string | null {
  const place = places.find((one) => one.name === name);
  const listed = places.map((one) => one.name).join(', ');
  if (place === undefined) return `this node's member is called ${name}, and the cluster is to be of ${listed}`;
  return peerUrls.length === 1 && peerUrls[0] === place.peerUrl
    ? null
    : `${name} is listed with ${place.peerUrl}, and its settings advertise ${peerUrls.join(', ')}: they have to be the same`;
}

/** The data of this node is what it should be: it runs, and the others are waited for. */
function join({ view }: Scene, here: Here, { places, expected }: Beginning, command: string): Next {
  if (!isUp(here)) return toDo({ do: 'start', unit: here.unit }, 'its data is in place');
  // What is left of the old cluster does not count.
  const there = view.clusterId === expected.clusterId ? view.members.filter(answers) : [];
  const absent = places.filter(({ name }) => name !== here.name && !there.some((member) => member.name === name));
  if (absent.length > 0)
    return {
      is: 'elsewhere',
      awaited: true,
      what: absent.map(({ name }) => `${name}: nodemend etcd ${command} there`),
    };
  return allTakePart(view) === null && view.clusterId !== null
    ? done(`${places.length} of ${places.length} members answer`)
    : waitFor(`${here.name} to answer`);
}

export function nextOfCreate(scene: Scene, wish: Extract<Wish, { command: 'create' }>): Next {
  const { view, here } = scene;
  const { places, expected } = wish;
  if (here === null) return refuse(scene.hereTrouble);
  const wrong = notListed(here, places);
  if (wrong !== null) return refuse(wrong);
  if (view.clusterId !== null && view.clusterId !== expected.clusterId)
    return refuse(`cluster ${hex(view.clusterId)} answers already: it is another one than would be created`);
  // Its log is being made.
  if (here.data?.memberId === '0' && isUp(here)) return waitFor(`${here.name} to answer`);
  if (here.data !== null && !sameData(here.data, expected))
    return refuse(
      `${here.dataDirectory} has the data of member ${hex(here.data.memberId)} of cluster ${hex(here.data.clusterId)}: nothing is written over it; move it away if it is not needed`,
    );
  const initialCluster = initialClusterOf(places);
  const isSet = here.initialCluster === initialCluster && here.initialState === 'new';
  if (here.data === null && !isSet)
    return isUp(here)
      ? toDo({ do: 'stop', unit: here.unit }, 'it waits for other members than these')
      : toDo({ do: 'configure', initialCluster, state: 'new', token: null }, 'all members begin with the same list');
  return join(scene, here, wish, 'create');
}

export function nextOfRestore(scene: Scene, wish: Extract<Wish, { command: 'restore' }>): Next {
  const { view, here } = scene;
  const { snapshot, places, token, expected } = wish;
  if (here === null) return refuse(scene.hereTrouble);
  const wrong = notListed(here, places);
  if (wrong !== null) return refuse(wrong);
  const isRestored = sameData(here.data, expected);
  if (view.clusterId !== null && view.clusterId !== expected.clusterId && standingOf(view).spare >= 0)
    return refuse(
      `cluster ${hex(view.clusterId)} has quorum and works: a dead member is brought back with nodemend etcd replace; to go back to the snapshot, stop every member first`,
    );
  const initialCluster = initialClusterOf(places);
  const isSet = here.initialCluster === initialCluster && here.initialToken === token;
  if (isRestored && (isSet || isUp(here))) return join(scene, here, wish, `restore ${snapshot.path}`);
  if (isUp(here)) return toDo({ do: 'stop', unit: here.unit }, 'what it holds is replaced');
  const { dataDirectory: directory, name } = here;
  if (here.data !== null && !isRestored) return toDo({ do: 'set-aside', directory }, 'nothing of it is deleted');
  if (!isSet)
    return toDo(
      { do: 'configure', initialCluster, state: 'new', token },
      'a new cluster, which its old members cannot join',
    );
  return toDo(
    { do: 'restore', snapshot, directory, name, places, token, expected },
    `it ends with revision ${snapshot.revision}; later writes are lost`,
  );
}
