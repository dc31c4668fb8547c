/**
 * The status page: plain HTML made on the server, of use without a script. The script, where there is one, fetches the page anew and puts its sections
 * in place of the old ones, so that the server remains the only one that knows how things look.
 */

import { html, Markup } from '../../markup/html.ts';
import type { IncidentRecord } from '../../ports.ts';
import { formatSpan } from '../duration.ts';
import { notices } from '../notices.ts';
import type { NodeView } from '../view.ts';
import { backupCards } from './backups.ts';
import { componentCards } from './components.ts';
import { etcdCards } from './etcd.ts';
import { incidentList } from './incidents.ts';
import { leaderCards } from './leaders.ts';
import { pauseList } from './pauses.ts';
import { pageScript } from './script.ts';
import { pageStyle } from './style.ts';
import { incidentsUnderWay } from './under-way.ts';

/** Without a script, the whole page is loaded anew as often. */
const reloadSeconds = 5;

export function renderPage(view: NodeView, incidents: readonly IncidentRecord[]): string {
  const state = stateOf(view);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${view.node}: ${state} - nodemend</title>
<noscript><meta http-equiv="refresh" content="${reloadSeconds}"></noscript>
<style>${new Markup(pageStyle)}</style></head><body>
<main>
<p class="lost" role="alert" hidden>nodemend does not answer; what is shown is old.</p>
<section id="node" aria-live="polite">${headline(view, state)}</section>
<section id="under-way">${incidentsUnderWay(view)}</section>
<section id="components">${componentCards(view)}</section>
<section id="leaders">${leaderCards(view)}</section>
<section id="etcd">${etcdCards(view)}</section>
<section id="backups">${backupCards(view)}</section>
<section id="pauses">${pauseList(view)}</section>
<section id="incidents">${incidentList(incidents, view.wallMs)}</section>
</main>
<footer>nodemend ${view.version}, running for ${formatSpan(view.wallMs - view.startedWallMs)}.
<a href="/metrics">Metrics</a> <a href="/api/v1/status">Status as JSON</a> <a href="/readyz?verbose">Checks</a></footer>
<script>${new Markup(pageScript)}</script>
</body></html>
`.text;
}

function stateOf({ stopping, ready }: NodeView): 'stopping' | 'ready' | 'not ready' {
  if (stopping) return 'stopping';
  return ready.ready ? 'ready' : 'not ready';
}

function headline(view: NodeView, state: ReturnType<typeof stateOf>): Markup {
  const { reason, detail, sinceMs } = view.ready;
  const ready = state === 'ready';
  return html`
<h1>${view.node} is <strong class="${ready ? 'good' : 'bad'}">${state}</strong></h1>
<p>${ready ? 'It may take traffic' : 'It should take no traffic'}, for ${formatSpan(view.nowMs - sinceMs)}: ${detail === '' ? reason : `${reason}, ${detail}`}.</p>
${notices(view).map((notice) => html`<p class="warn">${notice}</p>\n`)}`;
}
