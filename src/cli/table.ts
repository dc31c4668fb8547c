/** A table of text that fits the terminal: some columns give way, colours only where they are wanted. Pure. */
import type { Severity } from '../core/reason.ts';
import { cleanText } from '../markup/clean.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'plain';

export interface Cell {
  readonly text: string;
  /** Takes the room of all that would come after it in its row. */
  readonly spans?: true;
  readonly tone?: Tone;
}

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** Gives way when the table is too wide. */
  readonly flexible?: true;
}

const gap = '  ';
const minFlexible = 8;
const codes: Readonly<Record<Tone, string>> = { good: '32', bad: '31', warn: '33', quiet: '2', plain: '' };

export const severityTones: Readonly<Record<Severity, Tone>> = { info: 'plain', warn: 'warn', error: 'bad' };

/** The text in its colour, or as it is. */
export function paint(text: string, tone: Tone, color: boolean): string {
  return color && codes[tone] !== '' ? `\u001b[${codes[tone]}m${text}\u001b[0m` : text;
}

/** Text of at most `width` characters; what is cut off shows. */
export function shorten(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 3)).join('')}...`;
}

/** The table, a line per row, each with its line end. Control characters in cells are taken out. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  look: { readonly columns: number; readonly color: boolean },
): string {
  const header = columns.map((column): Cell => ({ text: column.title }));
  const cells = [header, ...rows.map((row) => row.map((cell) => ({ ...cell, text: cleanText(cell.text, 500) })))];
  const widths = fit(columns, cells, look.columns);
  const lines = cells.map((row) => {
    const end = row.findIndex((cell) => cell.spans === true);
    return columns
      .slice(0, end < 0 ? undefined : end + 1)
      .map((column, index) => {
        const width = index === end ? roomFrom(index, widths) : (widths[index] ?? 0);
        return renderCell(row[index] ?? { text: '' }, column, width, look.color);
      })
      .join(gap)
      .trimEnd();
  });
  return `${lines.join('\n')}\n`;
}

/** The width of a column and of all that come after it. */
function roomFrom(index: number, widths: readonly number[]): number {
  return widths.slice(index).reduce((sum, width) => sum + width + gap.length, -gap.length);
}

/** The width of each column: as much as its cells need, the widest of the flexible ones cut until all fit. */
function fit(columns: readonly Column[], cells: readonly (readonly Cell[])[], room: number): number[] {
  const lengthOf = (cell: Cell | undefined): number => (cell === undefined || cell.spans ? 0 : cell.text.length);
  const widths = columns.map((_, index) => cells.reduce((most, row) => Math.max(most, lengthOf(row[index])), 0));
  let excess = roomFrom(0, widths) - room;
  while (excess > 0) {
    const candidates = widths.map((width, index) => (columns[index]?.flexible ? width : 0));
    const widest = Math.max(...candidates);
    if (widest <= minFlexible) break;
    const next = Math.max(minFlexible, ...candidates.filter((width) => width < widest));
    const cut = Math.min(excess, widest - Math.min(next, widest - 1));
    widths[candidates.indexOf(widest)] = widest - cut;
    excess -= cut;
  }
  return widths;
}

function renderCell(cell: Cell, column: Column, width: number, color: boolean): string {
  const text = shorten(cell.text, width);
  const room = ' '.repeat(Math.max(0, width - text.length));
  const painted = paint(text, cell.tone ?? 'plain', color);
  return column.align === 'right' ? room + painted : painted + room;
}
