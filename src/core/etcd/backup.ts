/** What is known of a snapshot: the record that lies beside it, and what came of taking or verifying one. Plain data. */
import type { Reason } from '../reason.ts';

export type BackupReason = Extract<Reason, `backup.${string}`>;

export interface Verification {
  readonly wallMs: number;
  readonly ok: boolean;
  readonly reason: BackupReason;
  readonly detail: string;
}

export interface BackupRecord {
  readonly version: 1;
  /** Name of the file, without its folder. */
  readonly file: string;
  readonly takenWallMs: number;
  /** Decimal. */
  readonly clusterId: string;
  readonly memberId: string;
  readonly etcdVersion: string;
  readonly bytes: number;
  /** Of the database without its trailer, in hex: what the trailer says too. */
  readonly sha256: string;
  /** The snapshot holds this revision, and perhaps later ones up to `toRevision`. */
  readonly revision: number;
  readonly toRevision: number;
  /** Keys at `revision`. */
  readonly keys: number;
  /** Written just before; null where the cluster took no writes. */
  readonly canary: { readonly key: string; readonly value: string } | null;
  readonly verified: Verification | null;
}

export type Taken =
  | { readonly ok: true; readonly path: string; readonly record: BackupRecord; readonly notices: readonly string[] }
  | { readonly ok: false; readonly reason: BackupReason; readonly detail: string };

/** What was found wrong at a restore on trial does not count as a backup any more. */
export const isGood = ({ verified }: BackupRecord): boolean => verified === null || verified.ok;

/** Good ones, the newest first. */
export function newestGood(records: readonly BackupRecord[]): readonly BackupRecord[] {
  return records.filter(isGood).toSorted((one, other) => other.takenWallMs - one.takenWallMs);
}
