/** A report as Markdown. */
import { cleanText } from '../markup/clean.ts';
import { formatSpan } from '../serve/duration.ts';
import type { Figures } from './figures.ts';
import { caveat, headline, moment, type Section, sectionsOf } from './sections.ts';

/** Text of others is no markup and stays in its cell. */
const plain = (text: string): string => cleanText(text, 500).replace(/[\\`*_[\]<>|#&~]/g, '\\$&');

const line = (cells: readonly string[]): string => `| ${cells.map(plain).join(' | ')} |`;

function renderSection({ title, columns, rows, empty }: Section): string {
  const table = [line(columns), `|${columns.map((_, at) => (at === 0 ? ' --- |' : ' ---: |')).join('')}`];
  return `\n## ${title}\n\n${rows.length === 0 ? empty : [...table, ...rows.map(line)].join('\n')}\n`;
}

const heights = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** How long something was down in each part of the period: one character for each. */
function renderChart({ slices, period: { fromMs, toMs } }: Figures): string {
  const most = Math.max(...slices.map(({ downMs }) => downMs));
  const bars = slices.map(({ downMs }) =>
    downMs === 0 ? '·' : heights[Math.ceil((downMs / most) * heights.length) - 1],
  );
  const each = formatSpan((toMs - fromMs) / slices.length);
  const scale = most === 0 ? 'no time down' : `time down in each ${each}, at most ${formatSpan(most)}`;
  return `    ${bars.join('')}  ${scale}\n`;
}

export function renderMarkdown(figures: Figures): string {
  const note = caveat(figures);
  return [
    `# ${plain(headline(figures))}\n\n`,
    renderChart(figures),
    note === '' ? '' : `\n${plain(note)}\n`,
    ...sectionsOf(figures).map(renderSection),
    `\nMade ${moment(figures.period.toMs)}. A component counts as down while an incident is under way.\n`,
  ].join('');
}
