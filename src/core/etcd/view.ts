/**
 * What one look at an etcd cluster found: plain data, made by the adapter, judged here. Ids are decimal text, as they take 64 bits; `...WallMs` are
 * milliseconds since 1970.
 */
import type { Reason } from '../reason.ts';

/** A Prometheus histogram: how many took at most `le` seconds, cumulative, ascending; the last `le` is infinite and written null. */
export type Histogram = readonly { readonly le: number | null; readonly count: number }[];

/** From a member's /metrics; null where the page does not say. */
export interface MemberFigures {
  readonly fsync: Histogram;
  readonly commit: Histogram;
  readonly leaderChanges: number | null;
  readonly quotaBytes: number | null;
  /** History up to it is gone; -1 where there was no compaction since the member's start. */
  readonly compactRevision: number | null;
}

export interface MemberStatus {
  readonly version: string;
  readonly leaderId: string;
  readonly revision: number;
  readonly raftTerm: number;
  readonly raftIndex: number;
  readonly raftAppliedIndex: number;
  readonly dbBytes: number;
  readonly dbBytesInUse: number;
  /** The member's own words: alarms among them. */
  readonly errors: readonly string[];
}

/** Why a look at a member came to nothing. */
export interface Trouble {
  readonly reason: Extract<Reason, 'etcd.unreachable' | 'etcd.tls' | 'etcd.denied'>;
  readonly detail: string;
}

export interface MemberView {
  readonly id: string;
  /** Empty until it has been started once. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly learner: boolean;
  /** Where it answered; null where it did not. */
  readonly endpoint: string | null;
  readonly status: MemberStatus | null;
  readonly figures: MemberFigures | null;
  readonly trouble: Trouble | null;
  /** The id of the member that answers at this one's address, when that is another. */
  readonly answeredBy: string | null;
  readonly certificateEndsWallMs: number | null;
}

export interface CertificateView {
  readonly path: string;
  /** null where it cannot be read. */
  readonly endsWallMs: number | null;
  readonly detail: string;
}

export interface ClusterView {
  readonly takenWallMs: number;
  /** null when no member answered. */
  readonly clusterId: string | null;
  /** Other clusters that answered at a configured endpoint. */
  readonly strangers: readonly { readonly endpoint: string; readonly clusterId: string }[];
  readonly members: readonly MemberView[];
  /** Configured endpoints that did not answer. */
  readonly silent: readonly { readonly endpoint: string; readonly trouble: Trouble }[];
  readonly certificates: readonly CertificateView[];
}

/** The name, or the id as etcdctl writes it. */
export function nameOf({ name, id }: Pick<MemberView, 'name' | 'id'>): string {
  return name === '' ? BigInt(id).toString(16) : name;
}

export const answers = (member: MemberView): boolean => member.status !== null;
