/** Incidents as text: the list, and one of them with its timeline. Pure. */
import { parseDuration } from '../config/duration.ts';
import { reasons } from '../core/reason.ts';
import type { IncidentRecord } from '../ports.ts';
import { describe } from '../serve/describe.ts';
import { formatSpan } from '../serve/duration.ts';
import { shortId } from './incident-id.ts';
import { type Look, wrap } from './show-node.ts';
import { type Cell, type Column, renderTable } from './table.ts';
import { localClock, localIso, localShort } from './time.ts';

const listColumns: readonly Column[] = [
  { title: 'BEGAN' },
  { title: 'COMPONENT', flexible: true },
  { title: 'CAUSE', flexible: true },
  { title: 'OUTCOME' },
  { title: 'ACTIONS', flexible: true },
  { title: 'ID' },
];

const lineColumns: readonly Column[] = [
  { title: 'TIME' },
  { title: 'AFTER', align: 'right' },
  { title: 'WHAT', flexible: true },
];

export function renderIncidents(
  incidents: readonly IncidentRecord[],
  asked: { readonly since?: string | undefined; readonly component?: string | undefined },
  look: Look,
): string {
  if (incidents.length === 0) {
    const since = asked.since ?? '24h';
    const when = parseDuration(since) === null ? `since ${since}` : `in the last ${since}`;
    return `no incident${asked.component === undefined ? '' : ` of ${asked.component}`} ${when}\n`;
  }
  return renderTable(listColumns, incidents.map(listRow), look);
}

/** One incident: what it was, what was done, and where the evidence lies. */
export function renderIncident(incident: IncidentRecord, look: Look): string {
  const meaning = Object.hasOwn(reasons, incident.cause)
    ? `: ${reasons[incident.cause as keyof typeof reasons].meaning}`
    : '';
  const ended =
    incident.closedWallMs === null ? 'not yet' : `${localIso(incident.closedWallMs)}, ${outcome(incident).text}`;
  const facts = [
    `incident   ${shortId(incident.id)} of ${incident.component}`,
    `cause      ${incident.cause}${meaning}`,
    `began      ${localIso(incident.openedWallMs)}`,
    `ended      ${ended}`,
    `evidence   ${incident.evidence.length === 0 ? 'none' : incident.evidence.join(', ')}`,
  ];
  const rows = incident.transitions.map(({ wallMs, transition }): Cell[] => [
    { text: localClock(wallMs) },
    { text: `+${formatSpan(wallMs - incident.openedWallMs)}` },
    { text: describe(transition) },
  ]);
  const timeline = rows.length === 0 ? '' : `\n${renderTable(lineColumns, rows, look)}`;
  return `${facts.map((fact) => wrap(fact, look, 11)).join('')}${timeline}`;
}

function listRow(incident: IncidentRecord): Cell[] {
  return [
    { text: localShort(incident.openedWallMs) },
    { text: incident.component },
    { text: incident.cause },
    outcome(incident),
    { text: actions(incident) },
    { text: shortId(incident.id) },
  ];
}

function outcome(incident: IncidentRecord): Cell {
  if (incident.closedWallMs === null) return { text: 'open', tone: 'bad' };
  const lasted = formatSpan(incident.durationMs ?? incident.closedWallMs - incident.openedWallMs);
  return incident.recovered === true
    ? { text: `mended ${lasted}`, tone: 'good' }
    : { text: `ended ${lasted}`, tone: 'warn' };
}

/** The remedies that were tried, in order. */
function actions(incident: IncidentRecord): string {
  const tried = incident.transitions.flatMap(({ transition }) =>
    transition.type === 'action.begun' ? [transition.remedy] : [],
  );
  return tried.length === 0 ? '-' : tried.join(', ');
}
