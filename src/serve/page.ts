/** The status page: plain HTML made on the server, without a script; it reloads itself. All text is escaped. */
import type { IncidentRecord } from '../ports.ts';
import { escapeHtml } from './clean.ts';
import { formatSpan } from './duration.ts';
import { notices } from './notices.ts';
import { pageStyle } from './style.ts';
import { isFailing } from './verdict.ts';
import type { ComponentView, NodeView } from './view.ts';

const reloadSeconds = 5;

export function renderPage(view: NodeView, incidents: readonly IncidentRecord[]): string {
  const ready = view.ready.ready && !view.stopping;
  const state = view.stopping ? 'stopping' : ready ? 'ready' : 'not ready';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${reloadSeconds}"><title>${escapeHtml(view.node)}: ${state} - nodemend</title>
<style>${pageStyle}</style></head><body>
<main>
<h1>${escapeHtml(view.node)} is <span class="${ready ? 'good' : 'bad'}">${state}</span></h1>
<p>${escapeHtml(view.ready.detail === '' ? view.ready.reason : `${view.ready.reason}: ${view.ready.detail}`)}</p>
${notices(view)
  .map((notice) => `<p class="warn">${escapeHtml(notice)}</p>\n`)
  .join('')}<h2>Components</h2>
${componentTable(view)}
<h2>Incidents of the last day</h2>
${incidentTable(incidents, view.wallMs)}
<p class="quiet">nodemend ${escapeHtml(view.version)}, running for ${formatSpan(view.wallMs - view.startedWallMs)}.
<a href="/metrics">metrics</a> <a href="/api/v1/status">status as JSON</a></p>
</main></body></html>
`;
}

function componentTable(view: NodeView): string {
  if (view.components.length === 0) return '<p>No component is supervised.</p>';
  const rows = view.components.map((component) => componentRow(component, view.nowMs)).join('\n');
  return `<div class="scroll"><table><thead><tr><th>Component</th><th>Phase</th><th>For</th>
<th class="number">Restarts</th><th class="number">Budget</th><th>Reason</th></tr></thead><tbody>
${rows}
</tbody></table></div>`;
}

function componentRow(component: ComponentView, nowMs: number): string {
  const { nodemend, systemd, other } = component.restarts;
  const tone = isFailing(component) ? 'bad' : component.phase === 'healthy' ? 'good' : 'warn';
  const detail = component.detail === '' ? '' : `<br><span class="quiet">${escapeHtml(component.detail)}</span>`;
  return `<tr><td>${escapeHtml(component.name)}<br><span class="quiet">${escapeHtml(component.unit)}</span></td>
<td class="${tone}">${component.phase}</td><td>${formatSpan(nowMs - component.sinceMs)}</td>
<td class="number">${nodemend + systemd + other}</td>
<td class="number">${component.budget.remaining} of ${component.budget.of}</td>
<td><code>${component.reason}</code>${detail}</td></tr>`;
}

function incidentTable(incidents: readonly IncidentRecord[], wallMs: number): string {
  if (incidents.length === 0) return '<p>None.</p>';
  const rows = incidents.slice(0, 20).map((incident) => incidentRow(incident, wallMs));
  return `<div class="scroll"><table><thead><tr><th>Began</th><th>Component</th><th>Cause</th><th>Outcome</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div>`;
}

function incidentRow(incident: IncidentRecord, wallMs: number): string {
  const open = incident.closedWallMs === null;
  const lastedMs = incident.durationMs ?? (incident.closedWallMs ?? wallMs) - incident.openedWallMs;
  const outcome = open
    ? `open for ${formatSpan(lastedMs)}`
    : `${incident.recovered === true ? 'recovered' : 'ended'} after ${formatSpan(lastedMs)}`;
  return `<tr><td>${formatSpan(wallMs - incident.openedWallMs)} ago</td><td>${escapeHtml(incident.component)}</td>
<td><code>${escapeHtml(incident.cause)}</code></td><td class="${open ? 'bad' : 'good'}">${outcome}</td></tr>`;
}
