/** What the checks of backups hear, ask for and tell. */
import type { Reason } from '../reason.ts';
import type { BackupsSeen } from './found.ts';
import type { BackupCheckPolicy, BackupTarget } from './policy.ts';
import type { Freshness } from './state.ts';

export type BackupsEvent =
  | { readonly type: 'backups.loaded'; readonly policies: readonly BackupCheckPolicy[] }
  | { readonly type: 'backups.observed'; readonly check: string; readonly seen: BackupsSeen };

export interface BackupsLook {
  readonly type: 'backups.look';
  readonly check: string;
  readonly target: BackupTarget;
  readonly timeoutMs: number;
}

export interface FreshnessChanged {
  readonly type: 'freshness.changed';
  readonly check: string;
  /** schedule/NAME or location/NAME; empty for the only thing that is checked. */
  readonly item: string;
  readonly from: Freshness;
  readonly to: Freshness;
  readonly reason: Reason;
  readonly detail: string;
}
