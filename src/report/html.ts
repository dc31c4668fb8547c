/** A report as one page that needs nothing else, on a screen and on paper. */
import { html, Markup } from '../markup/html.ts';
import { formatSpan } from '../serve/duration.ts';
import type { Figures } from './figures.ts';
import { caveat, counted, headline, moment, type Section, sectionsOf } from './sections.ts';

const style = `
:root { color-scheme: light dark; --bad: #cf222e; --quiet: #57606a; --line: #d0d7de; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff7b72; --quiet: #9da7b1; --line: #30363d; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .25rem; } .quiet, footer, figcaption { color: var(--quiet); }
table { border-collapse: collapse; width: 100%; } th, td { text-align: right; padding: .2rem 0 .2rem 1rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; padding-left: 0; overflow-wrap: anywhere; } td { font-variant-numeric: tabular-nums; }
figure { margin: 1rem 0; } svg { width: 100%; } rect { fill: var(--bad); } svg line { stroke: currentColor; } footer { margin-top: 2rem; }
@media print { body { max-width: none; margin: 0; font-size: 10pt; } section { break-inside: avoid; } }
`;

const [width, height] = [720, 80];

/** How long something was down in each part of the period. */
function renderChart({ slices, period: { fromMs, toMs } }: Figures): Markup {
  const most = Math.max(...slices.map(({ downMs }) => downMs));
  const room = width / slices.length;
  const bars = slices.map(({ stretch, downMs, incidents }, at) => {
    // What was down at all shows.
    const tall = downMs === 0 ? 0 : Math.max(2, Math.round((downMs / most) * (height - 2)));
    const told = `${moment(stretch.fromMs)}: down ${formatSpan(downMs)}, ${counted(incidents)}`;
    return html`<rect x="${Math.round(at * room * 10) / 10}" y="${height - 1 - tall}" width="${Math.round(room * 0.8 * 10) / 10}" height="${tall}"><title>${told}</title></rect>
`;
  });
  const each = formatSpan((toMs - fromMs) / slices.length);
  const told = most === 0 ? 'No time down' : `Time down in each ${each}, at most ${formatSpan(most)}`;
  return html`<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${told}">
${bars}<line x1="0" x2="${width}" y1="${height - 0.5}" y2="${height - 0.5}"/></svg>
<figcaption>${told}.</figcaption></figure>`;
}

function renderSection({ title, columns, rows, empty }: Section): Markup {
  const cells = (row: readonly string[]) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>
`;
  const table = html`<table><thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map(cells)}</tbody></table>`;
  return html`<section><h2>${title}</h2>
${rows.length === 0 ? html`<p>${empty}</p>` : table}</section>
`;
}

export function renderHtml(figures: Figures): string {
  const title = headline(figures);
  const note = caveat(figures);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title} - nodemend</title><style>${new Markup(style)}</style></head><body><main>
<h1>${title}</h1>
${renderChart(figures)}
${note === '' ? '' : html`<p class="quiet">${note}</p>`}
${sectionsOf(figures).map(renderSection)}</main>
<footer>Made ${moment(figures.period.toMs)} by nodemend. A component counts as down while an incident is under way.</footer></body></html>
`.text;
}
