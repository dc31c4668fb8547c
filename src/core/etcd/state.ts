/**
 * What is known around etcd, as plain JSON. Nothing of it needs a store: members are looked at anew, and of snapshots their records tell.
 * Every `...AtMs` is CLOCK_MONOTONIC.
 */
import type { BackupReason, BackupRecord } from './backup.ts';
import type { Canary, Comparison } from './event.ts';
import type { Finding } from './finding.ts';
import type { BackupPolicy, EtcdPolicy } from './policy.ts';
import { initialRepair, type RepairState } from './repair.ts';
import type { ClusterView } from './view.ts';

/** Something that is done every so often. */
export interface Round {
  readonly dueAtMs: number;
  readonly underWay: boolean;
}

export interface BackupState {
  readonly policy: BackupPolicy;
  readonly records: readonly BackupRecord[];
  readonly work: 'none' | 'taking' | 'verifying';
  /** A proof that came due while a snapshot was taken waits for its end. */
  readonly proofWaits: boolean;
  /** How the last attempts ended; null before the first since the agent's start. */
  readonly lastTaken: { readonly ok: boolean; readonly reason: BackupReason; readonly detail: string } | null;
  readonly lastProof: { readonly ok: boolean; readonly reason: BackupReason; readonly detail: string } | null;
}

export interface EtcdState {
  readonly policy: EtcdPolicy;
  readonly view: ClusterView | null;
  /** Earlier looks, the oldest first, some minutes apart: what is only seen over time is seen against the oldest. */
  readonly earlier: readonly { readonly atMs: number; readonly view: ClusterView }[];
  readonly findings: readonly Finding[];
  readonly canary: Canary | null;
  readonly comparison: Comparison | null;
  readonly look: Round;
  readonly canaryRound: Round;
  readonly compareRound: Round;
  readonly repair: RepairState;
  readonly backup: BackupState | null;
  readonly wakeAtMs: number;
}

export function initialEtcd(
  policy: EtcdPolicy,
  backup: BackupPolicy | null,
  ownId: string | null,
  nowMs: number,
): EtcdState {
  const now: Round = { dueAtMs: nowMs, underWay: false };
  return {
    policy,
    view: null,
    earlier: [],
    findings: [],
    canary: null,
    comparison: null,
    look: now,
    canaryRound: now,
    // After the first look, which tells whom there is to compare.
    compareRound: { dueAtMs: nowMs + 2 * policy.everyMs, underWay: false },
    repair: initialRepair(nowMs, ownId),
    backup:
      backup === null
        ? null
        : { policy: backup, records: [], work: 'none', proofWaits: false, lastTaken: null, lastProof: null },
    wakeAtMs: nowMs,
  };
}
