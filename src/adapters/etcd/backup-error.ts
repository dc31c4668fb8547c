/** Why a snapshot was not taken or not proven: thrown from the depth, told at the top. */
import type { BackupReason } from '../../core/etcd/backup.ts';

export class BackupError extends Error {
  readonly reason: BackupReason;

  constructor(reason: BackupReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** Everything else that goes wrong has the usual reason. */
export function backupFailure(
  error: unknown,
  usual: BackupReason,
): { readonly reason: BackupReason; readonly detail: string } {
  if (error instanceof BackupError) return { reason: error.reason, detail: error.message };
  const code = error instanceof Error && 'code' in error ? error.code : '';
  const detail = error instanceof Error ? error.message : String(error);
  return { reason: code === 'ENOSPC' || code === 'EDQUOT' ? 'backup.no-room' : usual, detail };
}
