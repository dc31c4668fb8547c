/** What of the checks of backups an agent that starts anew goes by: what is the matter, so that its end is told. */
import { isAmiss } from './judge.ts';
import { type BackupCheck, initialCheck } from './state.ts';

/** null when nothing is the matter. */
export function lastingOf({ policy, items }: BackupCheck): BackupCheck | null {
  const amiss = Object.entries(items).filter(([, { verdict }]) => isAmiss(verdict));
  return amiss.length === 0 ? null : initialCheck(policy, Object.fromEntries(amiss), 0);
}

/** Whether the next agent would go by the same. What ages alone is no difference. */
export function lastsAlike(a: BackupCheck | null, b: BackupCheck | null): boolean {
  const key = (check: BackupCheck | null): string =>
    JSON.stringify(Object.entries(check?.items ?? {}).map(([name, { verdict, sinceMs }]) => [name, verdict, sinceMs]));
  return a?.policy === b?.policy && key(a) === key(b);
}
