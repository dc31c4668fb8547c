/** What a plan goes by: the cluster as it was just seen, and the member of this node as its service, its settings and its disk tell. Plain data. */
import type { ClusterView, MemberView } from '../view.ts';

/** Ids that stand at the head of a member's log; decimal, and 0 where there is data and no head of a log: it was damaged, or is being made. */
export interface DataOnDisk {
  readonly clusterId: string;
  readonly memberId: string;
}

/** One member among those that a cluster begins with. */
export interface Place {
  readonly name: string;
  readonly peerUrl: string;
}

export interface Here {
  /** Name of its service. */
  readonly unit: string;
  readonly name: string;
  readonly peerUrls: readonly string[];
  /** `starting` is also a service that systemd is about to start anew; `stopped` one that somebody stopped. */
  readonly process: 'running' | 'starting' | 'stopped' | 'failed';
  readonly dataDirectory: string;
  readonly data: DataOnDisk | null;
  /** What the settings say of joining, as etcd writes it: NAME=URL,NAME=URL. */
  readonly initialCluster: string;
  readonly initialState: string;
  readonly initialToken: string;
  /** Of the program that the service would start; null where it does not tell. */
  readonly installedVersion: string | null;
  /** Since the process was started, this changed; null where nothing did. */
  readonly changedSince: string | null;
}

export interface Scene {
  readonly view: ClusterView;
  /** null where this node runs no member, or one that nodemend cannot stop and start; `hereTrouble` says which. */
  readonly here: Here | null;
  readonly hereTrouble: string;
  /** When the newest good snapshot of this cluster was taken that lies on this node. */
  readonly snapshotWallMs: number | null;
}

const shares = (one: readonly string[], other: readonly string[]): boolean => one.some((url) => other.includes(url));

/** The member of the list that this node's is or was: by its address, since names may be given twice. */
export const findOwn = ({ view, here }: Scene): MemberView | null =>
  here === null ? null : (view.members.find(({ peerUrls }) => shares(peerUrls, here.peerUrls)) ?? null);

export const isUp = ({ process }: Here): boolean => process === 'running' || process === 'starting';
