/** A simulated run as text: its timeline and what it comes to. Pure. */
import { formatSpan } from '../serve/duration.ts';
import type { ComponentOutcome, Simulation } from '../sim/simulation.ts';
import { type Look, tones, wrap } from './show-node.ts';
import { type Cell, type Column, renderTable } from './table.ts';
import { type Line, lineOf } from './timeline-words.ts';

const lineColumns: readonly Column[] = [
  { title: 'TIME', align: 'right' },
  { title: 'COMPONENT', flexible: true },
  { title: 'WHAT', flexible: true },
  { title: 'REASON', flexible: true },
];

const outcomeColumns: readonly Column[] = [
  { title: 'COMPONENT', flexible: true },
  { title: 'AT THE END' },
  { title: 'REASON', flexible: true },
  { title: 'INCIDENTS', align: 'right' },
  { title: 'ACTIONS', flexible: true },
  { title: 'DOWN', align: 'right' },
];

const marks: Readonly<Record<Line['kind'], string>> = { world: '! ', action: '> ', sight: '' };

const padded = (value: number, digits = 2): string => String(value).padStart(digits, '0');

/** `00:05:10.250`, `1d 02:00:00.000`: since the beginning. */
export function writeMoment(atMs: number): string {
  const whole = Math.floor(atMs);
  const seconds = Math.floor(whole / 1_000);
  const days = Math.floor(seconds / 86_400);
  const clock = [Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map((one) =>
    padded(one),
  );
  return `${days === 0 ? '' : `${days}d `}${clock.join(':')}.${padded(whole % 1_000, 3)}`;
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** `2 incidents (1 recovered, 1 open)`: of each kind as many as there are. */
function counted(what: string, kinds: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const each = [...counts].map(([kind, count]) => `${count} ${kind}`);
  return `${plural(kinds.length, what)}${each.length === 0 ? '' : ` (${each.join(', ')})`}`;
}

function headline({ spanMs, components, ready }: Simulation): string {
  const incidents = components.flatMap((one) => [...one.incidents.values()]);
  const actions = components.flatMap((one) => [...one.actions.values()]);
  const outcomes = actions.map(({ ok }) => (ok === null ? 'under way' : ok ? 'done' : 'failed'));
  const end = `the node is ${ready ? 'ready' : 'not ready'} at the end`;
  return `${formatSpan(spanMs)}: ${counted('incident', incidents)}, ${counted('action', outcomes)}; ${end}`;
}

/** The remedies that were tried, how often each. */
function remedies({ actions }: ComponentOutcome): string {
  const counts = new Map<string, number>();
  for (const { remedy } of actions.values()) counts.set(remedy, (counts.get(remedy) ?? 0) + 1);
  return counts.size === 0 ? '-' : [...counts].map(([remedy, count]) => `${count} ${remedy}`).join(', ');
}

function outcomeRow(outcome: ComponentOutcome): Cell[] {
  const { name, phase, reason, incidents, downMs } = outcome;
  return [
    { text: name },
    { text: phase, tone: tones[phase] },
    { text: reason === 'component.healthy' ? '' : reason },
    { text: String(incidents.size) },
    { text: remedies(outcome) },
    { text: downMs === null ? 'never up' : downMs === 0 ? '-' : formatSpan(downMs) },
  ];
}

interface Told {
  readonly line: Line;
  readonly atMs: number;
}

const isSame = (a: Line, b: Line): boolean => a.component === b.component && a.what === b.what && a.reason === b.reason;

/** So many of the same in a row are told as one. */
const fewest = 4;

function rowsOf(told: readonly Told[]): Cell[][] {
  const [first] = told;
  if (first === undefined) return [];
  if (told.length >= fewest) {
    const until = writeMoment(told.at(-1)?.atMs ?? 0);
    const more: Cell = { text: `${told.length - 1} times more until ${until}`, tone: 'quiet', spans: true };
    return [...rowsOf([first]), [{ text: '' }, { text: first.line.component }, more]];
  }
  return told.map(({ line: { kind, component, what, reason, tone }, atMs }) => [
    { text: `${marks[kind]}${writeMoment(atMs)}` },
    { text: component },
    kind === 'world' ? { text: what, tone, spans: true } : { text: what, tone },
    { text: reason },
  ]);
}

/** What follows one another and says the same, together. */
function runsOf(told: readonly Told[]): Told[][] {
  const runs: Told[][] = [];
  for (const one of told) {
    const run = runs.at(-1);
    if (run?.[0] !== undefined && isSame(run[0].line, one.line)) run.push(one);
    else runs.push([one]);
  }
  return runs;
}

export function renderSimulation(simulation: Simulation, look: Look): string {
  const told = simulation.entries.map((entry) => ({ line: lineOf(entry), atMs: entry.atMs }));
  const legend = '! befalls the node   > nodemend acts   the rest is what it sees and concludes\n';
  const timeline = renderTable(lineColumns, runsOf(told).flatMap(rowsOf), look);
  const outcomes = renderTable(outcomeColumns, simulation.components.map(outcomeRow), look);
  return `${legend}\n${timeline}\n${wrap(headline(simulation), look)}\n${outcomes}`;
}
