/** Incidents that are not over: what happened, where on the ladder the repair is, and what comes next and when. */
import { reasons } from '../../core/reason.ts';
import { html, type Markup } from '../../markup/html.ts';
import { formatSpan } from '../duration.ts';
import type { ComponentView, NodeView } from '../view.ts';

type Troubled = ComponentView & { readonly incident: NonNullable<ComponentView['incident']> };

export function incidentsUnderWay(view: NodeView): Markup | string {
  const troubled = view.components.filter((component): component is Troubled => component.incident !== null);
  if (troubled.length === 0) return '';
  return html`<h2>Under way</h2>
${troubled.map((component) => incident(component, view.nowMs))}`;
}

function incident(component: Troubled, nowMs: number): Markup {
  const { name, incident, deed, ladder } = component;
  const at = deed?.remedy ?? null;
  const rungs = ladder.map((remedy) =>
    remedy === at ? html`<li class="now" aria-current="step">${remedy}</li>` : html`<li>${remedy}</li>`,
  );
  return html`<article class="card bad-edge"><h3>${name}: ${reasons[incident.reason].meaning}</h3>
<p>for ${formatSpan(nowMs - incident.sinceMs)} <code>${incident.reason}</code></p>
<ol class="ladder" aria-label="ladder">${rungs}</ol>
<p>${next(component, nowMs)}</p></article>
`;
}

/** The remedy under way, or what is waited for. */
function next({ deed, budget, deferred, notBeforeMs, reason }: ComponentView, nowMs: number): Markup {
  const spent = budget.of - budget.remaining;
  if (deed === null) {
    const cause = reasons[deferred ?? reason].meaning;
    if (notBeforeMs === null || notBeforeMs <= nowMs) return html`${cause}`;
    return html`action ${spent + 1} of ${budget.of} in ${countdown(notBeforeMs - nowMs)}: ${cause}`;
  }
  const what = `${deed.remedy} ${deed.stage === 'preparing' ? spent + 1 : spent} of ${budget.of}`;
  const sinceMs = nowMs - deed.sinceMs;
  if (deed.stage === 'preparing') return html`${what}: evidence is gathered`;
  if (deed.stage === 'acting') return html`${what}: under way for ${formatSpan(sinceMs)}`;
  return html`${what}: done ${formatSpan(sinceMs)} ago, to be verified within ${countdown(deed.untilMs - nowMs)}`;
}

/** The script counts it down. */
function countdown(leftMs: number): Markup {
  const left = Math.max(0, leftMs);
  return html`<span data-left-ms="${Math.round(left)}">${Math.ceil(left / 1_000)} s</span>`;
}
