/** Rows of the checks of backups: one for each with which something is the matter. */
import { lastingOf, lastsAlike } from '../core/backups/lasting.ts';
import { type BackupCheck, type BackupChecks, initialCheck, noBackupChecks } from '../core/backups/state.ts';
import type { ChangedRow } from './rows.ts';

const prefix = 'backups:';

export function* changedBackups(before: BackupChecks | null, after: BackupChecks): Generator<ChangedRow> {
  if (before === after) return;
  const lasting = (checks: BackupChecks | null, name: string): BackupCheck | null => {
    const check = checks !== null && Object.hasOwn(checks.byName, name) ? checks.byName[name] : undefined;
    return check === undefined ? null : lastingOf(check);
  };
  for (const name of new Set([...Object.keys(before?.byName ?? {}), ...Object.keys(after.byName)])) {
    const [known, now] = [lasting(before, name), lasting(after, name)];
    if (!lastsAlike(known, now)) yield { name: prefix + name, value: now };
  }
}

/** Whether a row is of a check with which something is the matter. */
export function isOfBackups(row: string, { byName }: BackupChecks): boolean {
  const name = row.startsWith(prefix) ? row.slice(prefix.length) : '';
  const check = Object.hasOwn(byName, name) ? byName[name] : undefined;
  return check !== undefined && lastingOf(check) !== null;
}

/** By the name of the row and what it holds; those of others are passed over. */
export function toBackups(rows: readonly (readonly [name: string, value: unknown])[]): BackupChecks {
  const checks = rows.flatMap(([name, value]) => {
    const { policy, items } = value as BackupCheck;
    return name === prefix + policy.name ? [[policy.name, initialCheck(policy, items, 0)] as const] : [];
  });
  return { ...noBackupChecks, byName: Object.fromEntries(checks) };
}

export const isBackupsRow = (name: string): boolean => name.startsWith(prefix);
