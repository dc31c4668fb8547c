/** This node's member is started anew with what is installed and set now. The same command on each node, one after another. */
import { answers, type MemberView, nameOf } from '../view.ts';
import { leadElsewhere, snapshotFirst } from './before.ts';
import { allTakePart, firstOf, holdsWithout, noneJoins, oneCluster, quorumHolds, votersOf } from './guards.ts';
import { findOwn, type Here, isUp, type Scene } from './scene.ts';
import { done, type Next, refuse, toDo, waitFor } from './steps.ts';

interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

function parseVersion(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = text.split('.').map((part) => Number.parseInt(part, 10));
  return { major, minor, patch };
}

const numberOf = ({ major, minor, patch }: Version): number => (major * 1_000 + minor) * 1_000 + patch;

/** Earlier ones bring members back from the dead at 3.6 (etcd.io/blog: 3.5 to 3.6; etcd-io/etcd#19557, #20793). */
const leastBefore36: Version = { major: 3, minor: 5, patch: 26 };

/** The way from the versions that run to the one that is installed. */
export function preflight(members: readonly MemberView[], installed: string): string | null {
  const to = parseVersion(installed);
  for (const member of members) {
    if (member.status === null) continue;
    const from = parseVersion(member.status.version);
    const name = `${nameOf(member)} runs ${member.status.version}`;
    if (from.major !== to.major || to.minor > from.minor + 1)
      return `${name}, ${installed} is installed: upgrade one minor version after another`;
    if (from.minor === 5 && to.minor === 6 && numberOf(from) < numberOf(leastBefore36))
      return `${name}: bring every member to 3.5.26 or later before 3.6, since earlier ones can bring removed members back there`;
  }
  return null;
}

function laterThanInstalled(own: MemberView, installed: string): string | null {
  const { version } = own.status ?? { version: installed };
  return numberOf(parseVersion(version)) > numberOf(parseVersion(installed))
    ? `${nameOf(own)} runs ${version}, and ${installed} is installed: a member does not go back to an earlier version`
    : null;
}

function restartFor(scene: Scene, here: Here, own: MemberView, why: string): Next {
  const { view } = scene;
  const alone = votersOf(view).length === 1;
  const installed = here.installedVersion ?? own.status?.version ?? '';
  const guarded = firstOf(
    laterThanInstalled(own, installed),
    preflight(view.members, installed),
    allTakePart(view),
    noneJoins(view),
    alone ? null : holdsWithout(view, own.id),
  );
  if (guarded !== null) return refuse(guarded);
  return (
    snapshotFirst(scene) ??
    leadElsewhere(scene, own, 'it is started anew') ??
    toDo({ do: 'restart', unit: here.unit }, alone ? `${why}; the cluster stands still meanwhile` : why)
  );
}

/** Why its process is not what would be started now; null when it is. */
function staleness({ installedVersion, changedSince }: Here, { status }: MemberView): string | null {
  if (status !== null && installedVersion !== null && status.version !== installedVersion)
    return `it runs ${status.version}, and ${installedVersion} is installed`;
  return changedSince === null ? null : `${changedSince} is newer than its process`;
}

/** With the versions of others, which have their own turn. */
function upToDate({ view }: Scene, { name }: Here, { status }: MemberView): Next {
  const others = view.members.flatMap((member) =>
    member.status !== null && member.status.version !== status?.version
      ? [`${nameOf(member)} (${member.status.version})`]
      : [],
  );
  const left = others.length === 0 ? '' : `; other versions run on ${others.join(', ')}`;
  return done(`${name} runs ${status?.version ?? ''} as it is installed and set${left}`);
}

export function nextOfUpgrade(scene: Scene): Next {
  const { view, here } = scene;
  if (here === null) return refuse(scene.hereTrouble);
  const own = findOwn(scene);
  // A cluster of one is not there while its member starts.
  const isLate = own === null ? view.clusterId === null : !answers(own);
  if (isUp(here) && isLate) return waitFor(`${here.name} to answer`);
  const guarded = oneCluster(view);
  if (guarded !== null) return refuse(guarded);
  if (own === null) return refuse(`${here.name} is no member of this cluster: nodemend etcd add makes it one`);
  if (!isUp(here) && here.data?.memberId === own.id) return toDo({ do: 'start', unit: here.unit }, 'it stands still');
  // Empty it would make a cluster of its own.
  if (!isUp(here))
    return refuse(`${here.name} has no data on this node: nodemend etcd replace takes it out and adds it anew`);
  const lost = quorumHolds(view);
  if (lost !== null) return refuse(lost);
  const stale = staleness(here, own);
  return stale === null ? upToDate(scene, here, own) : restartFor(scene, here, own, stale);
}
