/** Of backups that others make: whether they are there, whole and young enough. Nothing is ever done about them: nodemend only says how they are. */
import { type ReasonRow, row } from './row.ts';

const looks = 'goes on looking; it never touches a backup or who makes it';

export const freshnessReasons = {
  'freshness.fresh': row('info', 'the newest good backup is young enough', looks, 'nothing to do'),
  'freshness.waiting': row('info', 'no backup is due or was looked at yet', looks, 'nothing to do'),
  'freshness.stale': row(
    'error',
    'the newest good backup is older than it may be',
    looks,
    'find out why no newer one was made: the log of who makes it, its schedule, its room and its access',
  ),
  'freshness.missing': row(
    'error',
    'there is no backup, or nothing that would make one',
    looks,
    'look whether the path or the namespace is right, whether it is mounted, and whether somebody cleans up there',
  ),
  'freshness.small': row(
    'error',
    'the newest backup is smaller than a whole one is',
    looks,
    'look at the log of who makes it and at the room on the disk; where backups have become smaller for good set minSize anew',
  ),
  'freshness.failed': row(
    'error',
    'the last backup failed, or the command says that it did',
    looks,
    'the detail says what failed; for Velero: velero backup describe NAME --details and velero backup logs NAME',
  ),
  'freshness.partial': row(
    'warn',
    'the last backup was made and lacks something',
    looks,
    'velero backup describe NAME --details says what is missing; a restore would miss it too',
  ),
  'freshness.stuck': row(
    'warn',
    'a backup is under way and has made no step forward for long',
    looks,
    'look at the pods of Velero, its node agents included: kubectl -n velero get pods, backups, datauploads; the next backup waits for this one',
  ),
  'freshness.paused': row(
    'warn',
    'the newest good backup is older than it may be, for its Schedule is paused',
    looks,
    'velero schedule unpause NAME, or delete the Schedule if nobody needs it',
  ),
  'freshness.unavailable': row(
    'error',
    'the place where backups lie is not available, or Velero has not looked at it for long',
    looks,
    'velero backup-location get; look at its credentials, at the bucket, and whether Velero runs at all',
  ),
  'freshness.unknown': row(
    'warn',
    'it has not been possible for long to tell how the backups are',
    'goes on looking; nothing is concluded about the backups themselves',
    'nodemend status names the cause: what may not be read, does not answer or is not understood',
  ),
  'freshness.gone': row('info', 'what was the matter is not looked at any more', looks, 'nothing to do'),
} as const satisfies Record<string, ReasonRow>;
