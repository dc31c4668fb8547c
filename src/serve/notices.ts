/** What is out of the ordinary with the node or the agent, one sentence each; the page and `nodemend status` show the same. */
import { formatSpan } from './duration.ts';
import type { NodeView } from './view.ts';

export function notices(view: NodeView): string[] {
  const list: string[] = [];
  if (!view.busConnected) list.push('the system bus cannot be reached: the agent is blind and holds still');
  if (view.store.health === 'lost' || view.store.health === 'unwritable') {
    list.push(`the store is ${view.store.health}: budgets are conservative, no reboots${suffix(view.store.detail)}`);
  }
  if (!view.config.ok) {
    list.push(`the configuration was rejected, the last good one is in force${suffix(view.config.detail)}`);
  }
  if (view.upgrading !== null) list.push(`${view.upgrading} is at work: nothing is done until it ends`);
  if (view.pause !== null) {
    list.push(
      `supervision is paused for another ${formatSpan(view.pause.untilMs - view.nowMs)}${suffix(view.pause.text)}`,
    );
  }
  for (const { name, waiting, failures, detail } of view.alerts) {
    if (failures > 0) list.push(`${name} takes no alerts: ${waiting} wait${suffix(detail)}`);
  }
  return list;
}

function suffix(detail: string): string {
  return detail === '' ? '' : ` (${detail})`;
}
