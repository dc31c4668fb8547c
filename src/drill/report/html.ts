/** The report for people: one file that needs nothing else, on a screen and on paper. */
import { html, Markup } from '../../markup/html.ts';
import type { Finding } from '../judge.ts';
import type { DrillResult, DrillRun } from '../result.ts';
import type { TimelineEntry } from '../timeline.ts';
import { renderDistribution } from './distribution.ts';
import { reportStyle } from './style.ts';
import { detectionTimes, formatMs, recoveryTimes, summarize } from './summary.ts';

const inWords = { passed: 'passed', failed: 'FAILED', void: 'proved nothing', 'left-out': 'left out' } as const;
const timeOf = (ms: number | null | undefined): string => (ms === null || ms === undefined ? '' : formatMs(ms));
const momentOf = (ms: number): string => `${(ms / 1_000).toFixed(3)} s`;

function renderRow({ failure, outcome, judgement }: DrillResult): Markup {
  return html`<tr class="${outcome}"><td><a href="#${failure.name}">${failure.name}</a></td><td>${failure.category}</td>
<td>${inWords[outcome]}</td><td class="number">${timeOf(judgement?.detectedAfterMs)}</td>
<td class="number">${timeOf(judgement?.recoveredAfterMs)}</td><td class="number">${formatMs(failure.withinMs)}</td></tr>
`;
}

const renderFinding = ({ expected, seen, answer }: Finding): Markup =>
  html`<tr class="${answer === 'yes' ? 'passed' : 'failed'}"><td>${expected}</td><td>${seen}</td></tr>
`;

const renderEntry = ({ atMs, who, what }: TimelineEntry): Markup =>
  html`<tr class="by-${who}"><td class="number">${momentOf(atMs)}</td><td>${who}</td><td><code>${what}</code></td></tr>
`;

/** The moments on a line, so that it is seen where the time went. */
function renderLine(timeline: readonly TimelineEntry[]): Markup {
  const [first, last] = [timeline[0]?.atMs ?? 0, timeline.at(-1)?.atMs ?? 0];
  const span = Math.max(1, last - first);
  const marks = timeline.map(({ atMs, who, what }) => {
    const x = Math.round((10 + ((atMs - first) / span) * 700) * 10) / 10;
    return html`<circle class="by-${who}" cx="${x}" cy="12" r="5"><title>${momentOf(atMs)} ${what}</title></circle>`;
  });
  return html`<svg class="line" viewBox="0 0 720 24" role="img" aria-label="timeline"><line x1="10" x2="710" y1="12" y2="12"/>${marks}</svg>`;
}

function renderOne({ failure, outcome, reason, judgement, timeline }: DrillResult): Markup {
  const findings = [...(judgement?.expected ?? []), ...(judgement?.forbidden ?? [])];
  return html`
<section id="${failure.name}"><h2><span class="${outcome}">${inWords[outcome]}</span> ${failure.name}</h2>
<p>${failure.title}.</p>
${reason === '' ? '' : html`<p class="${outcome}">${reason}</p>`}
${
  findings.length === 0
    ? ''
    : html`<table><thead><tr><th>expected within ${formatMs(failure.withinMs)}</th><th>seen</th></tr></thead>
<tbody>${findings.map(renderFinding)}</tbody></table>`
}
${
  timeline.length === 0
    ? ''
    : html`${renderLine(timeline)}
<table class="timeline"><tbody>${timeline.map(renderEntry)}</tbody></table>`
}
<p class="quiet">Witness: ${failure.witness}.</p></section>
`;
}

export function renderHtml(run: DrillRun): string {
  const facts = { target: run.target, load: run.load, seed: String(run.seed), began: run.startedAt, ...run.versions };
  const terms = Object.entries({ ...facts, took: formatMs(run.tookMs) });
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>nodemend drill: ${run.target}</title><style>${new Markup(reportStyle)}</style></head><body>
<h1>${summarize(run)}</h1>
<dl>${terms.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>
${renderDistribution('Detection, from the failure to the first thing nodemend asked for', detectionTimes(run))}
${renderDistribution('Recovery, from the failure to all that was expected', recoveryTimes(run))}
<table><thead><tr><th>failure</th><th>category</th><th>outcome</th><th class="number">detected</th><th class="number">recovered</th>
<th class="number">allowed</th></tr></thead>
<tbody>${run.results.map(renderRow)}</tbody></table>
${run.results.map(renderOne)}</body></html>
`.text;
}
