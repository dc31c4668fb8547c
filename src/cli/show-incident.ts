/** Incidents as text: the list, and one of them with its timeline. Pure. */
import { parseDuration } from '../config/duration.ts';
import { cleanText } from '../markup/clean.ts';
import type { IncidentRecord } from '../ports.ts';
import { formatSpan } from '../serve/duration.ts';
import { shortId } from './incident-id.ts';
import { type Look, wrap } from './show-node.ts';
import { rowOf, storyOf } from './story.ts';
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

/** Below the state directory that the unit asks for. */
const evidenceFolder = '/var/lib/nodemend/evidence';

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

/** One incident as a story: what it was, what was done and why, and what to do about its cause. */
export function renderIncident(incident: IncidentRecord, look: Look): string {
  const { id, component, cause, openedWallMs, closedWallMs, evidence } = incident;
  const about = rowOf(cause);
  const ended = closedWallMs === null ? 'not yet' : `${localIso(closedWallMs)}, ${outcome(incident).text}`;
  const facts = [
    `incident   ${shortId(id)} of ${component}`,
    `cause      ${cause}${about === null ? '' : `: ${about.meaning}`}`,
    `began      ${localIso(openedWallMs)}`,
    `ended      ${ended}`,
    ...(about === null ? [] : [`you        ${about.advice}`]),
  ];
  const story = storyOf(incident);
  const spans = story.map(({ wallMs }) => formatSpan(wallMs - (story[0]?.wallMs ?? wallMs)));
  const width = Math.max(...spans.map(({ length }) => length));
  const lines = story.map(({ wallMs, text }, at) => {
    const when = `${localClock(wallMs)}  ${`+${spans[at] ?? ''}`.padStart(width + 1)}  `;
    return wrap(`${when}${text}`, look, when.length);
  });
  const head = [...facts.map((fact) => wrap(fact, look, 11)), ...evidenceLines(evidence)].join('');
  return `${head}${lines.length === 0 ? '' : `\n${lines.join('')}`}`;
}

/** A path is there to be copied: it is never cut. */
function evidenceLines(files: readonly string[]): readonly string[] {
  if (files.length === 0) return ['evidence   none\n'];
  return files.map((file, at) => `${at === 0 ? 'evidence' : '        '}   ${evidenceFolder}/${cleanText(file)}\n`);
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
