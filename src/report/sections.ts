/** The figures in words, as tables that both kinds of report show. Pure. */
import { formatSpan } from '../serve/duration.ts';
import type { Figures, Totals } from './figures.ts';
import type { Spread } from './spread.ts';

export interface Section {
  readonly title: string;
  /** The first names things. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What is said in place of an empty table. */
  readonly empty: string;
}

const none = '-';

/** Rounded down, so that 100 % means that there was no outage. */
export function percent(share: number | null): string {
  if (share === null) return none;
  const thousandths = Math.floor(share * 100_000);
  return `${(thousandths / 1_000).toFixed(share === 1 ? 0 : 3)} %`;
}

/** In UTC, to the minute: nodes of several zones are in one report. */
export const moment = (wallMs: number): string =>
  `${new Date(wallMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const span = (spread: Spread | null, which: 'medianMs' | 'p95Ms' | 'worstMs'): string =>
  spread === null ? none : formatSpan(spread[which]);

const restartsIn = ({ nodemend, systemd, other }: Totals['restarts']): readonly string[] =>
  [nodemend, systemd, other].map(String);

type Measure = readonly [what: string, of: (totals: Totals) => string];

const measures: readonly Measure[] = [
  ['available', ({ availability }) => percent(availability)],
  ['down, all components', ({ downMs }) => formatSpan(downMs)],
  ['incidents', ({ incidents }) => String(incidents)],
  ['of them still open', ({ open }) => String(open)],
  ['time to detect, median', ({ detect }) => span(detect, 'medianMs')],
  ['time to detect, 95th percentile', ({ detect }) => span(detect, 'p95Ms')],
  ['time to detect, worst', ({ detect }) => span(detect, 'worstMs')],
  ['time to recover, median', ({ recover }) => span(recover, 'medianMs')],
  ['time to recover, 95th percentile', ({ recover }) => span(recover, 'p95Ms')],
  ['time to recover, worst', ({ recover }) => span(recover, 'worstMs')],
  ['restarts by nodemend', ({ restarts }) => String(restarts.nodemend)],
  ['restarts by systemd', ({ restarts }) => String(restarts.systemd)],
  ['restarts by others', ({ restarts }) => String(restarts.other)],
];

export const counted = (incidents: number): string => `${incidents} ${incidents === 1 ? 'incident' : 'incidents'}`;

export function headline({ nodes, now, period }: Figures): string {
  const [first] = nodes;
  const who = nodes.length === 1 ? (first?.node ?? '') : `${nodes.length} nodes`;
  const available = now.availability === null ? 'nothing is known' : `${percent(now.availability)} available`;
  return `${who}: ${available}, ${counted(now.incidents)}, ${moment(period.fromMs)} to ${moment(period.toMs)}`;
}

/** Where the history does not go back far enough: since when it does. */
export function caveat({ knownSinceMs, period: { fromMs, toMs } }: Figures): string {
  const beforeMs = 2 * fromMs - toMs;
  if (knownSinceMs <= beforeMs) return '';
  const of = knownSinceMs > fromMs ? 'this period' : 'the period before';
  return `Of ${of} only the time since ${moment(knownSinceMs)} is known of every node; figures are of that time.`;
}

export function sectionsOf(figures: Figures): readonly Section[] {
  const { nodes, now, before, components, causes, alerts } = figures;
  const many = nodes.length > 1;
  return [
    {
      title: 'Compared with the period before',
      columns: ['measure', 'this period', 'the one before'],
      rows: measures.map(([what, of]) => [what, of(now), before === null ? none : of(before)]),
      empty: '',
    },
    {
      title: 'Components',
      columns: [
        'component',
        ...(many ? ['nodes'] : []),
        'available',
        'down',
        ...(many ? ['most on'] : []),
        'incidents',
        'restarts by nodemend',
        'by systemd',
        'by others',
      ],
      rows: components.map((one) => [
        one.component,
        ...(many ? [String(one.nodes)] : []),
        percent(one.availability),
        formatSpan(one.downMs),
        ...(many ? [one.worst.downMs === 0 ? none : `${one.worst.node} (${formatSpan(one.worst.downMs)})`] : []),
        String(one.incidents),
        ...restartsIn(one.restarts),
      ]),
      empty: 'No component is supervised.',
    },
    ...(many
      ? [
          {
            title: 'Nodes',
            columns: ['node', 'down', 'incidents'],
            rows: nodes.map(({ node, downMs, incidents }) => [node, formatSpan(downMs), String(incidents)]),
            empty: '',
          },
        ]
      : []),
    {
      title: 'Incidents by cause',
      columns: ['cause', 'this period', 'the one before'],
      rows: causes.map((one) => [one.cause, String(one.now), one.before === null ? none : String(one.before)]),
      empty: 'There was no incident.',
    },
    {
      title: 'Alerts that were told',
      columns: ['reason', 'to', 'times'],
      rows: alerts.map(({ reason, target, told }) => [reason, target, String(told)]),
      empty: 'None.',
    },
  ];
}
