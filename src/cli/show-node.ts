/** The node and its components as text. Pure. */
import { reasons } from '../core/reason.ts';
import type { Phase } from '../core/transition.ts';
import { cleanText } from '../markup/clean.ts';
import { formatSpan } from '../serve/duration.ts';
import { notices } from '../serve/notices.ts';
import type { ComponentView, NodeView } from '../serve/view.ts';
import { explainGuard } from './explain-guard.ts';
import { explainBackups, renderBackups } from './show-backups.ts';
import { renderControlPlane } from './show-control-plane.ts';
import { type Column, paint, renderTable, shorten, type Tone } from './table.ts';

export interface Look {
  readonly columns: number;
  readonly color: boolean;
}

/** The version stands at the right edge, but no further out than the eye follows. */
const farthest = 100;

export const tones: Readonly<Record<Phase, Tone>> = {
  unknown: 'quiet',
  starting: 'warn',
  healthy: 'good',
  suspect: 'warn',
  unhealthy: 'bad',
  mending: 'bad',
  exhausted: 'bad',
  stopped: 'quiet',
  masked: 'quiet',
  absent: 'quiet',
  held: 'warn',
  paused: 'warn',
};

const columns: readonly Column[] = [
  { title: 'COMPONENT', flexible: true },
  { title: 'PHASE' },
  { title: 'FOR' },
  { title: 'RESTARTS', align: 'right' },
  { title: 'BUDGET' },
  { title: 'REASON', flexible: true },
];

export function toneOf(component: ComponentView): Tone {
  return tones[component.phase];
}

/** The table of `nodemend status`, with what is out of the ordinary below it. */
export function renderNode(view: NodeView, look: Look): string {
  const table =
    view.components.length === 0 ? 'no component is supervised: see nodemend discover\n' : components(view, look);
  const below = [
    ...notices(view),
    ...view.components.filter((component) => component.phase !== 'healthy').map((component) => explain(component)),
    ...explainBackups(view),
    ...explainGuard(view),
  ];
  const others = `${renderControlPlane(view, view.nowMs, look)}${renderBackups(view, look)}`;
  return `${headline(view, look)}\n${table}${others}${below.length === 0 ? '' : `\n${below.map((line) => wrap(line, look)).join('')}`}`;
}

function headline(view: NodeView, look: Look): string {
  const isReady = view.ready.ready && !view.stopping;
  const state = view.stopping ? 'stopping' : isReady ? 'ready' : 'not ready';
  const since = formatSpan(view.nowMs - view.ready.sinceMs);
  const detail = isReady ? '' : `: ${view.ready.detail === '' ? view.ready.reason : view.ready.detail}`;
  const agent = `nodemend ${view.version} up ${formatSpan(view.wallMs - view.startedWallMs)}`;
  const left = shorten(cleanText(`${view.node} is ${state} for ${since}${detail}`, 300), look.columns);
  const room = Math.min(look.columns, farthest) - left.length - agent.length;
  const painted = left.replace(` is ${state} `, ` is ${paint(state, isReady ? 'good' : 'bad', look.color)} `);
  return `${painted}${room < 2 ? '\n' : ' '.repeat(room)}${agent}\n`;
}

function components(view: NodeView, look: Look): string {
  const rows = view.components.map((component) => {
    const { nodemend, systemd, other } = component.restarts;
    return [
      { text: component.name },
      { text: component.phase, tone: toneOf(component) },
      { text: formatSpan(view.nowMs - component.sinceMs) },
      { text: String(nodemend + systemd + other) },
      { text: `${component.budget.remaining} of ${component.budget.of}` },
      { text: component.reason === 'component.healthy' ? '' : component.reason },
    ];
  });
  return renderTable(columns, rows, look);
}

/** What is the matter and, where an action is wanted and not taken for another cause than that, why. */
function explain(component: ComponentView): string {
  const { name, reason, deferred } = component;
  const detail = component.detail === '' ? '' : ` (${component.detail})`;
  const held = deferred === null || deferred === reason ? '' : `; ${reasons[deferred]?.meaning ?? deferred}`;
  return `${name}: ${reasons[reason]?.meaning ?? reason}${detail}${held}`;
}

/** Lines of at most the terminal's width, the later ones indented. */
export function wrap(text: string, look: Look, indent = 2): string {
  const lines: string[] = [];
  let line = '';
  for (const word of cleanText(text, 600).split(' ')) {
    const next = line === '' ? word : `${line} ${word}`;
    if (line !== '' && next.length > look.columns) {
      lines.push(line);
      line = `${' '.repeat(indent)}${word}`;
    } else line = next;
  }
  return `${[...lines, line].map((one) => shorten(one, look.columns)).join('\n')}\n`;
}
