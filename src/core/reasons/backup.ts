/** Of snapshots of etcd: taken, refused, proven. */
import { type ReasonRow, row } from './row.ts';

const keeps = 'keeps every earlier snapshot as it is, and tries again at the next time of its schedule';

export const backupReasons = {
  'backup.taken': row(
    'info',
    'a snapshot was taken and its hash is right',
    'removes what retention lets go',
    'nothing to do',
  ),
  'backup.incomplete': row(
    'warn',
    'a snapshot was taken, but not with all that belongs to it',
    'keeps the snapshot; the next one is tried in full',
    'the detail says what is missing: the lock and the canary, or the copy off the node',
  ),
  'backup.failed': row(
    'error',
    'no snapshot could be taken',
    keeps,
    'the detail says why; nodemend etcd snapshot tries it by hand',
  ),
  'backup.torn': row(
    'error',
    'the snapshot is cut or damaged: its hash is not the one it carries',
    keeps,
    'if it happens again look at the network and the disk; a file that was whole once was changed since: look at its disk',
  ),
  'backup.no-room': row(
    'error',
    'there is not enough room on the disk for a snapshot',
    keeps,
    'make room, or keep fewer of them',
  ),
  'backup.busy': row(
    'warn',
    'another node of the cluster is taking a snapshot or has just been interrupted at it',
    keeps,
    'nothing to do; a lock that was left behind is gone after ten minutes',
  ),
  'backup.other-cluster': row(
    'error',
    'the snapshot is of another cluster',
    'does nothing with it',
    'find out where the file comes from; never restore it into this cluster',
  ),
  'backup.proven': row(
    'info',
    'the snapshot was restored on trial and holds what it should',
    'notes it in the record beside the file',
    'nothing to do',
  ),
  'backup.unproven': row(
    'error',
    'the snapshot could not be restored on trial, or does not hold what it should',
    'does not count it as a backup any more, and never lets a good one go for it',
    'take another with nodemend etcd snapshot and verify that; if it fails too, compare the members: etcdctl endpoint hashkv',
  ),
  'backup.cannot-verify': row(
    'warn',
    'the snapshot could not be tried: a program or room is missing',
    'counts the snapshot as it did before',
    'install etcd and etcdutl of the version of the cluster, or name them below backup.verify',
  ),
} as const satisfies Record<string, ReasonRow>;
