/** The incidents of the last day: on a time line, and each one to be opened for its cause, its actions and its evidence. */
import { type Reason, reasons } from '../../core/reason.ts';
import { html, type Markup } from '../../markup/html.ts';
import type { IncidentRecord } from '../../ports.ts';
import { describe } from '../describe.ts';
import { formatSpan } from '../duration.ts';

/** So that the page stays small; the rest is in `nodemend history`. */
const shownIncidents = 10;
const shownTransitions = 20;
const dayMinutes = 24 * 60;
/** As wide as the shortest incident is drawn, to be seen at all. */
const leastMinutes = 6;

export function incidentList(incidents: readonly IncidentRecord[], wallMs: number): Markup {
  if (incidents.length === 0) return html`<h2>Incidents of the last day</h2><p>None.</p>`;
  const hidden = incidents.length - shownIncidents;
  const rest = hidden > 0 ? html`<p class="quiet">${hidden} more: nodemend history</p>` : '';
  return html`<h2>Incidents of the last day</h2>
${timeline(incidents, wallMs)}
${incidents.slice(0, shownIncidents).map((incident) => details(incident, wallMs))}${rest}`;
}

/** One lane for each component; the right edge is now. */
function timeline(incidents: readonly IncidentRecord[], wallMs: number): Markup {
  const byComponent = Map.groupBy(incidents, ({ component }) => component);
  const lanes = [...byComponent].map(([component, own]) => {
    const bars = own.map((incident) => {
      const width = Math.min(dayMinutes, Math.max(leastMinutes, spanMs(incident, wallMs) / 60_000));
      const begunMinutes = dayMinutes - (wallMs - incident.openedWallMs) / 60_000;
      const fromMinutes = Math.min(Math.max(0, begunMinutes), dayMinutes - width);
      const tone = incident.recovered === true ? 'good' : 'bad';
      return html`<rect class="${tone}" x="${Math.round(fromMinutes)}" y="0" width="${Math.round(width)}" height="10"/>`;
    });
    const said = `${component}: ${own.length} in the last 24 hours`;
    return html`<dt>${component}</dt><dd><svg viewBox="0 0 ${dayMinutes} 10" preserveAspectRatio="none" role="img" aria-label="${said}">${bars}</svg></dd>`;
  });
  return html`<dl class="lanes">${lanes}</dl>
<p class="axis" aria-hidden="true"><span>24 hours ago</span><span>12</span><span>now</span></p>`;
}

function spanMs({ durationMs, closedWallMs, openedWallMs }: IncidentRecord, wallMs: number): number {
  return durationMs ?? (closedWallMs ?? wallMs) - openedWallMs;
}

function details(incident: IncidentRecord, wallMs: number): Markup {
  const { id, component, cause, openedWallMs, transitions, evidence } = incident;
  const shown = transitions.slice(-shownTransitions);
  const earlier = transitions.length - shown.length;
  return html`<details id="incident-${id}"><summary id="summary-${id}">${formatSpan(wallMs - openedWallMs)} ago,
<strong>${component}</strong>, ${outcome(incident, wallMs)} <code>${cause}</code></summary>
<p>${meaningOf(cause)}</p>
${earlier > 0 ? html`<p class="quiet">${earlier} earlier: nodemend history --incident ${id}</p>` : ''}
<ol class="story">${shown.map((told) => html`<li><span class="quiet">+${formatSpan(told.wallMs - openedWallMs)}</span> ${describe(told.transition)}</li>\n`)}</ol>
<p>Evidence: ${evidence.length === 0 ? 'none' : evidence.join(', ')}</p></details>
`;
}

function meaningOf(cause: string): string {
  return Object.hasOwn(reasons, cause) ? reasons[cause as Reason].meaning : cause;
}

function outcome(incident: IncidentRecord, wallMs: number): Markup {
  const lasted = formatSpan(spanMs(incident, wallMs));
  if (incident.closedWallMs === null) return html`<span class="bad">open for ${lasted}</span>`;
  return incident.recovered === true
    ? html`<span class="good">recovered after ${lasted}</span>`
    : html`<span class="warn">ended after ${lasted}</span>`;
}
