/** Families about backups: snapshots that nodemend takes of etcd, and the freshness of what others make. */
import { type Family, family } from './family.ts';

export const backupFamilies = {
  backupTaken: family(
    'nodemend_etcd_backup_last_success_timestamp_seconds',
    'gauge',
    'When the newest good snapshot of etcd was taken; 0 while there is none.',
    [],
  ),
  backupProven: family(
    'nodemend_etcd_backup_last_verified_timestamp_seconds',
    'gauge',
    'When a snapshot was last restored on trial and held what it should; 0 while none was.',
    [],
  ),
  backupOk: family(
    'nodemend_etcd_backup_last_ok',
    'gauge',
    'Whether the last attempt to take a snapshot succeeded; absent before the first.',
    [],
  ),
  backupProofOk: family(
    'nodemend_etcd_backup_last_verification_ok',
    'gauge',
    'Whether the last snapshot that was tried was proven; absent before the first.',
    [],
  ),
  backupCount: family('nodemend_etcd_backups', 'gauge', 'Good snapshots in the folder.', []),
  backupBytes: family('nodemend_etcd_backup_last_bytes', 'gauge', 'Size of the newest good snapshot.', []),
  freshnessVerdict: family(
    'nodemend_backup_verdict',
    'gauge',
    'What is thought of a backup that others make: 1 for the current verdict, 0 for the others. item: schedule/NAME or location/NAME of Velero, else empty.',
    ['backup', 'item', 'verdict'],
  ),
  freshnessGood: family(
    'nodemend_backup_last_success_timestamp_seconds',
    'gauge',
    'When the newest good backup was made; absent while none is known.',
    ['backup', 'item'],
  ),
  freshnessLimit: family('nodemend_backup_age_limit_seconds', 'gauge', 'How old the newest good backup may be.', [
    'backup',
    'item',
  ]),
  freshnessBytes: family('nodemend_backup_last_bytes', 'gauge', 'Size of the newest good backup, where it is a file.', [
    'backup',
    'item',
  ]),
} as const satisfies Record<string, Family>;
