/** What happens around etcd, what is done about it and what is told of it: plain data. */
import type { BackupReason, BackupRecord, Taken, Verification } from './backup.ts';
import type { EtcdReason } from './finding.ts';
import type { BackupPolicy, EtcdPolicy } from './policy.ts';
import type { ClusterView } from './view.ts';

/** A key written under a short lease and read back through the cluster. */
export interface Canary {
  readonly ok: boolean;
  /** What the cluster said when it was not. */
  readonly detail: string;
  readonly durationMs: number;
}

/** What members hold at one revision, as hashes; null where a member did not answer or has compacted away another part. */
export interface Comparison {
  readonly revision: number;
  readonly hashes: readonly { readonly member: string; readonly hash: number | null }[];
}

export type EtcdEvent =
  | { readonly type: 'etcd.configured'; readonly etcd: EtcdPolicy; readonly backup: BackupPolicy | null }
  | { readonly type: 'etcd.observed'; readonly view: ClusterView }
  | { readonly type: 'etcd.canary-returned'; readonly canary: Canary }
  | { readonly type: 'etcd.compared'; readonly comparison: Comparison }
  /** Work on this node's member that nobody asked for was cut off before this start. */
  | { readonly type: 'etcd.repair-left' }
  | { readonly type: 'etcd.repair-ended'; readonly ok: boolean; readonly detail: string }
  | { readonly type: 'backup.listed'; readonly records: readonly BackupRecord[] }
  | { readonly type: 'backup.due' }
  | { readonly type: 'backup.ended'; readonly taken: Taken; readonly records: readonly BackupRecord[] }
  | { readonly type: 'proof.due' }
  | {
      readonly type: 'proof.ended';
      readonly file: string;
      readonly verification: Verification;
      readonly records: readonly BackupRecord[];
    };

export type EtcdAction =
  | { readonly type: 'etcd.look'; readonly policy: EtcdPolicy }
  | { readonly type: 'etcd.canary'; readonly policy: EtcdPolicy }
  | { readonly type: 'etcd.compare'; readonly policy: EtcdPolicy; readonly view: ClusterView }
  | { readonly type: 'etcd.repair' }
  | { readonly type: 'backup.list'; readonly backup: BackupPolicy }
  | { readonly type: 'backup.take'; readonly policy: EtcdPolicy; readonly backup: BackupPolicy }
  | {
      readonly type: 'backup.verify';
      readonly policy: EtcdPolicy;
      readonly backup: BackupPolicy;
      readonly file: string;
    };

export type EtcdTransition =
  | {
      readonly type: 'etcd.changed';
      /** null for the cluster. */
      readonly member: string | null;
      readonly reason: EtcdReason;
      readonly detail: string;
      /** It was the matter and is not any more. */
      readonly over: boolean;
    }
  | {
      readonly type: 'backup.changed';
      readonly file: string | null;
      readonly reason: BackupReason;
      readonly detail: string;
    };
