/** Puts the daemon on its duty around etcd, where the configuration asks for it: what is watched, and when snapshots are due. */
import { isLeft, readJournal } from './adapters/etcd/journal.ts';
import type { Schedule } from './adapters/schedule/schedule.ts';
import { findEtcdHere } from './config/etcd-here.ts';
import { resolveBackup, resolveEtcd } from './config/resolve-etcd.ts';
import type { Config } from './config/schema.ts';
import type { Emit } from './ports.ts';

export const watchesEtcd = ({ etcd, backup }: Config): boolean => etcd !== undefined || backup !== undefined;

export async function beginEtcdDuty(config: Config, directory: string, schedule: Schedule, emit: Emit): Promise<void> {
  if (!watchesEtcd(config)) return;
  const etcd = resolveEtcd(config, await findEtcdHere());
  const backup = config.backup === undefined ? null : resolveBackup(config);
  emit({ type: 'etcd.configured', etcd, backup });
  const work = await readJournal(directory, etcd.unit);
  if (work?.unattended === true && isLeft(work)) emit({ type: 'etcd.repair-left' });
  if (backup === null) return;
  if (backup.schedule !== null) schedule.cron(backup.schedule, () => emit({ type: 'backup.due' }));
  if (backup.verify.schedule !== null) schedule.cron(backup.verify.schedule, () => emit({ type: 'proof.due' }));
}
