/** What the host says of itself, asked for every few seconds and before every action. */
import type { HostSample } from '../event.ts';
import { put, type Turn, tell, unsettleAll } from './turn.ts';

/** PSI's shortest average is 10 s; half of that follows it closely enough. */
export const sampleEveryMs = 5_000;
/** At what pressure the node is said to be under pressure: from here on deadlines widen. */
const pressed = 0.1;

export function observeHost(turn: Turn, sample: HostSample): void {
  const before = turn.node.sample;
  const manager = sample.packageManager;
  const upgradeSinceMs = manager === null ? null : (turn.node.upgradeSinceMs ?? turn.nowMs);
  if (manager !== (before?.packageManager ?? null))
    tell(turn, { type: 'node.changed', reason: 'node.upgrading', detail: manager ?? 'ended' });
  const wasPressed = (before?.pressure ?? 0) >= pressed;
  if (sample.pressure >= pressed !== wasPressed) {
    tell(turn, { type: 'node.changed', reason: 'node.pressure', detail: sample.pressure.toFixed(2) });
  }
  turn.node = {
    ...turn.node,
    sample: { ...sample, atMs: turn.nowMs },
    upgradeSinceMs,
    sampleDueAtMs: turn.nowMs + sampleEveryMs,
  };
  for (const component of Object.values(turn.components)) {
    const { deed } = component;
    if (deed?.stage === 'preparing') put(turn, { ...component, deed: { ...deed, sampled: true } });
  }
  if (manager !== (before?.packageManager ?? null)) unsettleAll(turn);
}

export function observeEvidence(turn: Turn, id: string): void {
  const component = Object.values(turn.components).find((one) => one.deed?.id === id);
  if (component?.deed == null) return;
  put(turn, { ...component, deed: { ...component.deed, evidenced: true } });
}

export function scheduleSample(turn: Turn): void {
  if (turn.node.sampleDueAtMs > turn.nowMs) return;
  turn.actions.push({ type: 'host.sample' });
  turn.node = { ...turn.node, sampleDueAtMs: turn.nowMs + sampleEveryMs };
}
