/** What a look at backups found. Wall times are those of whoever wrote them; they are compared with the wall time of the look. */

export interface FileFound {
  readonly path: string;
  readonly bytes: number;
  /** When it was last written to. */
  readonly wallMs: number;
}

export interface FilesFound {
  readonly kind: 'files';
  /** null: no file matches. */
  readonly newest: FileFound | null;
  /** The newest of those that are large enough. */
  readonly newestWhole: FileFound | null;
}

export interface CommandFound {
  readonly kind: 'command';
  readonly ok: boolean;
  /** What it printed. */
  readonly detail: string;
}

/** One Backup of a Schedule. */
export interface RunFound {
  readonly name: string;
  /** Velero's word: InProgress, Completed, PartiallyFailed, Failed and others. */
  readonly phase: string;
  readonly beganWallMs: number;
  /** null while it is under way. */
  readonly endedWallMs: number | null;
  /** Changes with every step forward. */
  readonly progress: string;
  readonly detail: string;
  /** Volume snapshots that were tried and not made. */
  readonly volumesLost: number;
}

export interface ScheduleFound {
  readonly name: string;
  readonly cron: string;
  readonly createdWallMs: number;
  readonly paused: boolean;
  /** Why Velero does not take it; null when it does. */
  readonly refusal: string | null;
  /** The latest first, and among them the newest that was completed. */
  readonly runs: readonly RunFound[];
}

/** One BackupStorageLocation. */
export interface LocationFound {
  readonly name: string;
  readonly available: boolean;
  readonly detail: string;
  /** When Velero last looked at it; null when it never did. */
  readonly validatedWallMs: number | null;
  /** How often Velero looks at it; 0: never. */
  readonly validatedEveryMs: number;
}

export interface VeleroFound {
  readonly kind: 'velero';
  readonly schedules: readonly ScheduleFound[];
  readonly locations: readonly LocationFound[];
}

export type BackupsFound = FilesFound | CommandFound | VeleroFound;

/** One look. */
export type BackupsSeen =
  | { readonly known: true; readonly found: BackupsFound; readonly wallMs: number; readonly startedAtMs: number }
  | { readonly known: false; readonly detail: string; readonly startedAtMs: number };
