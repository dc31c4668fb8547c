/** Backups that others make as text; nothing where none is checked. Pure. */
import type { Freshness } from '../core/backups/state.ts';
import { reasons } from '../core/reason.ts';
import { type BackupView, nameOfBackup } from '../serve/backups.ts';
import { formatSpan } from '../serve/duration.ts';
import type { NodeView } from '../serve/view.ts';
import { type Cell, type Column, renderTable, type Tone } from './table.ts';

const columns: readonly Column[] = [
  { title: 'BACKUP' },
  { title: 'VERDICT' },
  { title: 'FOR' },
  { title: 'AGE', align: 'right' },
  { title: 'LIMIT', align: 'right' },
  { title: 'DETAIL', flexible: true },
];

const tones: Readonly<Record<Freshness, Tone>> = {
  fresh: 'good',
  waiting: 'quiet',
  stale: 'bad',
  missing: 'bad',
  small: 'bad',
  failed: 'bad',
  partial: 'warn',
  stuck: 'warn',
  paused: 'warn',
  unavailable: 'bad',
  unknown: 'warn',
  gone: 'quiet',
};

const span = (ms: number | null): string => (ms === null ? '-' : formatSpan(Math.max(0, ms)));

function row(backup: BackupView, { nowMs, wallMs }: Pick<NodeView, 'nowMs' | 'wallMs'>): Cell[] {
  const { verdict, sinceMs, goodWallMs, limitMs, detail } = backup;
  return [
    { text: nameOfBackup(backup) },
    { text: verdict, tone: tones[verdict] },
    { text: formatSpan(nowMs - sinceMs) },
    { text: span(goodWallMs === null ? null : wallMs - goodWallMs) },
    { text: span(limitMs) },
    { text: detail },
  ];
}

/** What is the matter, one sentence each: the table may be too narrow for it. */
export const explainBackups = ({ backups }: Pick<NodeView, 'backups'>): string[] =>
  backups
    .filter(({ reason }) => reasons[reason].severity !== 'info')
    .map((backup) => `${nameOfBackup(backup)}: ${reasons[backup.reason].meaning} (${backup.detail})`);

export function renderBackups(
  view: Pick<NodeView, 'backups' | 'nowMs' | 'wallMs'>,
  look: { readonly columns: number; readonly color: boolean },
): string {
  if (view.backups.length === 0) return '';
  const rows = view.backups.map((backup) => row(backup, view));
  return `\n${renderTable(columns, rows, look)}`;
}
