/** Which backups of others are checked, and what is asked of them: plain data, durations in milliseconds. */

/** Files of one pattern: the newest of at least so many bytes is the backup. */
export interface FilesTarget {
  readonly kind: 'files';
  /** Absolute; each of its names may hold * and ?. */
  readonly path: string;
  readonly minBytes: number;
  readonly maxAgeMs: number;
}

/** A command that judges by itself: exit status 0 is fresh, 1 to 125 is not. */
export interface CommandTarget {
  readonly kind: 'command';
  readonly argv: readonly string[];
}

/** The Schedules and the storage locations of Velero in one namespace. */
export interface VeleroTarget {
  readonly kind: 'velero';
  readonly namespace: string;
  readonly kubeconfig: string;
}

export type BackupTarget = FilesTarget | CommandTarget | VeleroTarget;

export interface BackupCheckPolicy {
  readonly name: string;
  readonly target: BackupTarget;
  readonly everyMs: number;
  readonly timeoutMs: number;
}
