/** Every component as a card: its phase, since when, how its probes did last, who restarted it and what is left of its budget. */
import { reasons } from '../../core/reason.ts';
import { html, type Markup } from '../../markup/html.ts';
import { formatSpan } from '../duration.ts';
import { isFailing } from '../verdict.ts';
import type { ComponentView, NodeView, ProbeView } from '../view.ts';

export function componentCards(view: NodeView): Markup {
  if (view.components.length === 0) return html`<h2>Components</h2><p>No component is supervised.</p>`;
  return html`<h2>Components</h2>
<ul class="cards">
${view.components.map((component) => card(component, view.nowMs))}</ul>`;
}

function toneOf(component: ComponentView): string {
  if (isFailing(component)) return 'bad';
  return component.phase === 'healthy' ? 'good' : 'warn';
}

function card(component: ComponentView, nowMs: number): Markup {
  const { name, unit, critical, phase, sinceMs, budget } = component;
  const tone = toneOf(component);
  return html`<li class="card ${tone}-edge"><h3>${name}</h3>
<p class="quiet">${unit}${critical ? ', critical' : ''}</p>
<p><strong class="${tone}">${phase}</strong> for ${formatSpan(nowMs - sinceMs)}</p>
${why(component)}<dl>
${component.probes.filter(({ role }) => role !== 'witness').map(probeRow)}<dt>restarts</dt><dd>${restartsOf(component)}</dd>
<dt>budget left</dt><dd>${budget.remaining} of ${budget.of} in ${formatSpan(budget.perMs)}</dd></dl></li>
`;
}

function why({ phase, reason, detail }: ComponentView): Markup | string {
  if (phase === 'healthy') return '';
  return html`<p>${reasons[reason].meaning}${detail === '' ? '' : ` (${detail})`} <code>${reason}</code></p>
`;
}

function restartsOf({ restarts }: ComponentView): string {
  const { nodemend, systemd, other } = restarts;
  const counted = [
    ['nodemend', nodemend],
    ['systemd', systemd],
    ['others', other],
  ] as const;
  const told = counted.filter(([, count]) => count > 0).map(([by, count]) => `${count} by ${by}`);
  return told.length === 0 ? 'none' : told.join(', ');
}

function probeRow({ name, verdict, reason, durationMs, recent }: ProbeView): Markup {
  const tones = { healthy: 'good', unhealthy: 'bad', unknown: 'warn' } as const;
  const said = durationMs === null ? '' : formatSpan(durationMs);
  const trouble = verdict === 'healthy' ? '' : html` <code>${reason}</code>`;
  const strip = recent.length === 0 ? '' : html`${stripOf(recent, tones)} `;
  return html`<dt>${name}</dt><dd>${strip}<span class="${tones[verdict]}">${verdict}</span> ${said}${trouble}</dd>
`;
}

const barWidth = 5;
const stripHeight = 14;

/** One bar for each look, the newest on the right: three for a millisecond, three more for each tenfold of it, in pixels. */
function stripOf(recent: ProbeView['recent'], tones: Readonly<Record<ProbeView['verdict'], string>>): Markup {
  const said = recent.map(({ verdict, durationMs }) => `${verdict} in ${formatSpan(durationMs)}`).join(', ');
  const bars = recent.map(({ verdict, durationMs }, index) => {
    const height = Math.min(stripHeight, Math.round(3 + 3 * Math.log10(Math.max(1, durationMs))));
    const at = html`x="${index * barWidth}" y="${stripHeight - height}" width="${barWidth - 1}" height="${height}"`;
    return html`<rect class="${tones[verdict]}" ${at}/>`;
  });
  const width = recent.length * barWidth;
  return html`<svg class="strip" width="${width}" height="${stripHeight}" role="img" aria-label="last looks: ${said}">${bars}</svg>`;
}
