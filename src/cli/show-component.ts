/** One component in detail as text. Pure. */
import { reasons } from '../core/reason.ts';
import { cleanText } from '../markup/clean.ts';
import { formatSpan } from '../serve/duration.ts';
import type { ComponentView, NodeView, ProbeView } from '../serve/view.ts';
import { shortId } from './incident-id.ts';
import { type Look, toneOf, wrap } from './show-node.ts';
import { type Cell, type Column, paint, renderTable, type Tone } from './table.ts';
import { localIso } from './time.ts';

const columns: readonly Column[] = [
  { title: 'PROBE', flexible: true },
  { title: 'ROLE' },
  { title: 'VERDICT' },
  { title: 'AGE', align: 'right' },
  { title: 'TOOK', align: 'right' },
  { title: 'REASON', flexible: true },
];

const verdictTones: Readonly<Record<ProbeView['verdict'], Tone>> = {
  healthy: 'good',
  unhealthy: 'bad',
  unknown: 'warn',
};

export function renderComponent(component: ComponentView, view: NodeView, look: Look): string {
  const phase = paint(component.phase, toneOf(component), look.color);
  const headline = `${component.name} (${cleanText(component.unit)}) is ${phase} for ${formatSpan(view.nowMs - component.sinceMs)}\n`;
  const facts = listFacts(component, view)
    .map(([name, text]) => wrap(`${name.padEnd(10)} ${text}`, look, 11))
    .join('');
  const probes = component.probes.length === 0 ? '' : `\n${renderTable(columns, component.probes.map(probeRow), look)}`;
  return `${headline}${facts}${probes}`;
}

function listFacts(component: ComponentView, view: NodeView): [string, string][] {
  const { budget, restarts, incident, notBeforeMs, deferred, pause } = component;
  const detail = component.detail === '' ? '' : ` (${component.detail})`;
  const kind = [component.preset ?? 'no preset', component.critical ? 'critical' : 'not critical'];
  const facts: [string, string][] = [
    ['reason', `${component.reason}: ${reasons[component.reason]?.meaning ?? ''}${detail}`],
    ['kind', [...kind, ...component.after.map((name) => `after ${name}`)].join(', ')],
    ['process', component.mainPid === 0 ? 'none' : `${component.mainPid}, invocation ${component.invocationId}`],
    ['restarts', `${restarts.nodemend} by nodemend, ${restarts.systemd} by systemd, ${restarts.other} by others`],
    ['budget', `${budget.remaining} of ${budget.of} actions left per ${formatSpan(budget.perMs)}`],
  ];
  if (incident !== null) {
    const sinceMs = view.nowMs - incident.sinceMs;
    const began = localIso(view.wallMs - sinceMs);
    facts.push(['incident', `${shortId(incident.id)} since ${began}, ${formatSpan(sinceMs)} ago: ${incident.reason}`]);
  }
  if (deferred !== null) {
    const wait = notBeforeMs === null ? '' : ` for another ${formatSpan(notBeforeMs - view.nowMs)}`;
    facts.push(['next', `no action${wait}: ${reasons[deferred]?.meaning ?? deferred}`]);
  }
  if (pause !== null) facts.push(['pause', `for another ${formatSpan(pause.untilMs - view.nowMs)}: ${pause.text}`]);
  return facts;
}

function probeRow(probe: ProbeView): Cell[] {
  return [
    { text: probe.name },
    { text: probe.role },
    { text: probe.verdict, tone: verdictTones[probe.verdict] },
    { text: probe.ageMs === null ? '-' : formatSpan(probe.ageMs) },
    { text: probe.durationMs === null ? '-' : formatSpan(probe.durationMs) },
    { text: probe.detail === '' ? probe.reason : `${probe.reason}: ${probe.detail}` },
  ];
}
