/** The figures as a table of plain text. */
import type { Figure, Target, Unit } from './figure.ts';

const columns = ['measured', 'of', 'n', 'median', '99th', 'target', ''] as const;
const alignRight: ReadonlySet<number> = new Set([2, 3, 4]);

function show(value: number | null, unit: Unit): string {
  if (value === null) return 'never';
  const digits = unit === 'req/s' || value >= 1_000 ? 0 : value >= 100 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`;
}

function showTarget(target: Target, unit: Unit): string {
  return `${target.of === 'p99' ? '99th ' : ''}${target.bound} ${target.value} ${unit}`;
}

/** A figure with several targets takes a line for each. */
function linesOf(figure: Figure): string[][] {
  const { what, who, unit, values, median, p99, verdicts } = figure;
  const cells = [what, who, String(values.length), show(median, unit), values.length > 1 ? show(p99, unit) : ''];
  const [first, ...more] = verdicts.map(({ target, met }) => [showTarget(target, unit), met ? 'met' : 'MISSED']);
  return [[...cells, ...(first ?? ['', ''])], ...more.map((told) => ['', '', '', '', '', ...told])];
}

/** `titles`: a heading for each row of the benchmark, by its name. */
export function renderTable(figures: readonly Figure[], titles: ReadonlyMap<string, string>): string {
  const lines = figures.map(linesOf);
  const widths = columns.map((head, at) =>
    Math.max(head.length, ...lines.flat().map((cells) => cells[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (alignRight.has(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  const blocks = [...titles].flatMap(([row, title]) => {
    const own = figures.flatMap((figure, at) => (figure.row === row ? (lines[at] ?? []) : []));
    const notes = figures.filter((figure) => figure.row === row && figure.note !== undefined);
    if (own.length === 0) return [];
    return ['', `${row}: ${title}`, ...own.map(line), ...notes.map(({ who, note }) => `  (${who}: ${note})`)];
  });
  const missed = figures.flatMap(({ verdicts }) => verdicts).filter(({ met }) => !met).length;
  const verdict =
    missed === 0
      ? 'every target that was measured is met'
      : `${missed} ${missed === 1 ? 'target is' : 'targets are'} MISSED`;
  return `${[line(columns), ...blocks, '', verdict].join('\n')}\n`;
}
