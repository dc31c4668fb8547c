/** What is shown of backups that others make: types, the view, and its metrics. */
import type { BackupCheck, BackupChecks, Freshness } from '../core/backups/state.ts';
import type { Reason } from '../core/reason.ts';
import { oneOf, type Sample } from './samples.ts';

export interface BackupView {
  /** The check. */
  readonly name: string;
  /** schedule/NAME or location/NAME; empty for the only thing that is checked. */
  readonly item: string;
  readonly verdict: Freshness;
  readonly reason: Reason;
  readonly detail: string;
  readonly sinceMs: number;
  /** When the newest good backup was made; null when none is known. */
  readonly goodWallMs: number | null;
  /** How old it may be; null where that is not nodemend's to say. */
  readonly limitMs: number | null;
  readonly bytes: number | null;
}

/** As people name it: the check, and what of it where there is more than one thing. */
export const nameOfBackup = ({ name, item }: Pick<BackupView, 'name' | 'item'>): string =>
  item === '' ? name : `${name}/${item}`;

function viewCheck({ policy, items }: BackupCheck): BackupView[] {
  return Object.entries(items).map(([item, known]) => {
    const { verdict, reason, detail, sinceMs, goodWallMs, limitMs, bytes } = known;
    return { name: policy.name, item, verdict, reason, detail, sinceMs, goodWallMs, limitMs, bytes };
  });
}

export const viewBackups = ({ byName }: BackupChecks): BackupView[] => Object.values(byName).flatMap(viewCheck);

const verdicts: Readonly<Record<Exclude<Freshness, 'gone'>, true>> = {
  fresh: true,
  waiting: true,
  stale: true,
  missing: true,
  small: true,
  failed: true,
  partial: true,
  stuck: true,
  paused: true,
  unavailable: true,
  unknown: true,
};

export function backupSamples({ name, item, verdict, goodWallMs, limitMs, bytes }: BackupView): Sample[] {
  const labels = { backup: name, item };
  const known = [
    ['freshnessGood', goodWallMs === null ? null : goodWallMs / 1_000],
    ['freshnessLimit', limitMs === null ? null : limitMs / 1_000],
    ['freshnessBytes', bytes],
  ] as const;
  return [
    ...oneOf('freshnessVerdict', labels, 'verdict', verdicts, verdict),
    ...known.flatMap(([key, value]) => (value === null ? [] : [{ key, labels, value }])),
  ];
}
