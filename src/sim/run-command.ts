/** An operator's own command on the virtual node. It goes on without the agent. */
import type { ActionResult } from '../core/event.ts';
import type { Life } from './life.ts';
import type { Watcher } from './watcher.ts';

const commandMs = 200;

export function runCommand(watcher: Watcher, life: Life): Promise<ActionResult> {
  if (life.reach('call')) {
    watcher.called?.({ type: 'command.run', unit: '' });
    life.reach('called');
  }
  return life.later(commandMs, () => {
    life.reach('reply');
    return { ok: true, reason: 'action.done', detail: '' };
  });
}
