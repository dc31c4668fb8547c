/** Maintenance: hands off, always with an expiry and a reason. A pause of `null` is for the whole node. */
import type { Reason } from '../reason.ts';
import type { Pause } from './state.ts';
import { put, type Turn, tell, unsettleAll } from './turn.ts';

function setPause(turn: Turn, name: string | null, pause: Pause | null, reason: Reason): void {
  const component = name === null ? undefined : turn.components[name];
  if (name !== null && component === undefined) return;
  tell(turn, {
    type: 'pause.changed',
    component: name,
    reason,
    detail: pause?.text ?? '',
    untilMs: pause?.untilMs ?? null,
  });
  if (component !== undefined) {
    put(turn, { ...component, pause });
    return;
  }
  turn.node = { ...turn.node, pause };
  unsettleAll(turn);
}

export function beginPause(turn: Turn, name: string | null, forMs: number, text: string): void {
  setPause(turn, name, { untilMs: turn.nowMs + forMs, text }, 'pause.set');
}

export function endPause(turn: Turn, name: string | null): void {
  setPause(turn, name, null, 'pause.resumed');
}

export function expirePauses(turn: Turn): void {
  const { nowMs } = turn;
  if (turn.node.pause !== null && turn.node.pause.untilMs <= nowMs) setPause(turn, null, null, 'pause.expired');
  for (const { policy, pause } of Object.values(turn.components))
    if (pause !== null && pause.untilMs <= nowMs) setPause(turn, policy.name, null, 'pause.expired');
}
