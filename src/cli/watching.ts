/** What a person who watches sees, and what each key does. Pure. */
import type { NodeView } from '../serve/view.ts';
import { renderComponent } from './show-component.ts';
import { renderNode } from './show-node.ts';
import { paint, shorten } from './table.ts';

export interface Watching {
  /** The component that is marked; null before the first key. */
  readonly selected: string | null;
  /** Whether that one is shown alone. */
  readonly alone: boolean;
  /** What is shown stays as it is. */
  readonly frozen: boolean;
  /** So many lines are above the screen. */
  readonly above: number;
}

export const initialWatching: Watching = { selected: null, alone: false, frozen: false, above: 0 };

const moves: Readonly<Record<string, number>> = {
  '\u001b[A': -1,
  '\u001bOA': -1,
  k: -1,
  '\u001b[B': 1,
  '\u001bOB': 1,
  j: 1,
};
const pages: Readonly<Record<string, number>> = { '\u001b[5~': -1, '\u001b[6~': 1 };
const ends: readonly string[] = ['q', 'Q', '\u0003', '\u0004'];
const openers: readonly string[] = ['\r', '\n', '\u001b[C', '\u001bOC', 'l'];
const closers: readonly string[] = ['\u001b', '\u001b[D', '\u001bOD', '\u007f', 'h'];

function move({ selected, ...rest }: Watching, by: number, names: readonly string[]): Watching {
  const at = selected === null ? -1 : names.indexOf(selected);
  const next = at < 0 ? (by > 0 ? 0 : names.length - 1) : Math.min(names.length - 1, Math.max(0, at + by));
  return { ...rest, selected: names[next] ?? null };
}

/** null: the watch is over. */
export function pressKey(state: Watching, key: string, names: readonly string[], rows: number): Watching | null {
  if (ends.includes(key)) return null;
  if (key === ' ') return { ...state, frozen: !state.frozen };
  if (closers.includes(key)) return { ...state, alone: false, above: 0 };
  if (openers.includes(key)) return state.selected === null ? state : { ...state, alone: true, above: 0 };
  const page = pages[key];
  if (page !== undefined) return { ...state, above: Math.max(0, state.above + page * Math.max(1, rows - 2)) };
  const by = moves[key];
  if (by === undefined) return state;
  return state.alone ? { ...state, above: Math.max(0, state.above + by) } : move(state, by, names);
}

interface Look {
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
}

/** The line of the table that begins with the marked component gets its mark. */
function mark(lines: readonly string[], selected: string | null): string[] {
  const at = lines.findIndex((line) => selected !== null && line.startsWith(`${selected} `));
  return lines.map((line, index) => `${index === at && selected !== null ? '>' : ' '} ${line}`);
}

function contentOf(view: NodeView, { selected, alone }: Watching, look: Look): string[] {
  const inner = { columns: look.columns - 2, color: look.color };
  const component = alone ? view.components.find(({ name }) => name === selected) : undefined;
  const text = component === undefined ? renderNode(view, inner) : renderComponent(component, view, inner);
  return mark(text.trimEnd().split('\n'), component === undefined ? selected : null);
}

/** Exactly as many lines as the screen has. `trouble`: why there is nothing newer to show; null when there is. */
export function drawWatching(view: NodeView | null, trouble: string | null, state: Watching, look: Look): string[] {
  const room = Math.max(1, look.rows - 1);
  const whole = view === null ? [] : contentOf(view, state, look);
  const told = trouble === null ? [] : [paint(shorten(trouble, look.columns), 'bad', look.color), ''];
  const lines = [...told, ...whole];
  const above = Math.min(state.above, Math.max(0, lines.length - room));
  const shown = lines.slice(above, above + room);
  const blank = Array.from({ length: room - shown.length }, () => '');
  const below = Math.max(0, lines.length - above - room);
  const keys = state.alone
    ? 'q quit  space hold  esc back  arrows scroll'
    : 'q quit  space hold  arrows choose  enter details';
  const more = below > 0 ? `  (${below} more lines, page down)` : '';
  const foot = `${state.frozen ? 'HELD, space goes on  ' : ''}${keys}${more}`;
  return [...shown, ...blank, paint(shorten(foot, look.columns), 'quiet', look.color)];
}
