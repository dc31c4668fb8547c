/** Backups that others make, a card each; nothing where none is checked. */
import { reasons } from '../../core/reason.ts';
import { html, type Markup } from '../../markup/html.ts';
import { type BackupView, nameOfBackup } from '../backups.ts';
import { formatSpan } from '../duration.ts';
import type { NodeView } from '../view.ts';

export function backupCards(view: NodeView): Markup | string {
  if (view.backups.length === 0) return '';
  return html`<h2>Backups</h2>
<ul class="cards">
${view.backups.map((backup) => card(backup, view))}</ul>`;
}

function toneOf({ reason, verdict }: BackupView): string {
  if (verdict === 'fresh') return 'good';
  return reasons[reason].severity === 'error' ? 'bad' : 'warn';
}

function card(backup: BackupView, { nowMs, wallMs }: NodeView): Markup {
  const { verdict, reason, detail, sinceMs, goodWallMs, limitMs } = backup;
  const tone = toneOf(backup);
  const why = verdict === 'fresh' ? '' : html`<p>${reasons[reason].meaning} <code>${reason}</code></p>\n`;
  const age = goodWallMs === null ? 'not known' : formatSpan(Math.max(0, wallMs - goodWallMs));
  const most = limitMs === null ? 'any' : `at most ${formatSpan(limitMs)}`;
  return html`<li class="card ${tone}-edge"><h3>${nameOfBackup(backup)}</h3>
<p><strong class="${tone}">${verdict}</strong> for ${formatSpan(nowMs - sinceMs)}</p>
${why}<p class="quiet">${detail}</p>
<dl><dt>age</dt><dd>${age} of ${most}</dd></dl></li>
`;
}
