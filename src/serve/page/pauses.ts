/** Components that an operator paused; a pause of the whole node is among the notices. */

import { html, type Markup } from '../../markup/html.ts';
import { formatSpan } from '../duration.ts';
import type { NodeView } from '../view.ts';

export function pauseList(view: NodeView): Markup | string {
  const paused = view.components.flatMap(({ name, pause }) => (pause === null ? [] : [{ name, pause }]));
  if (paused.length === 0) return '';
  return html`<h2>Pauses</h2>
<ul>${paused.map(({ name, pause }) => html`<li>${name}: for another ${formatSpan(pause.untilMs - view.nowMs)}, ${pause.text}</li>`)}</ul>`;
}
