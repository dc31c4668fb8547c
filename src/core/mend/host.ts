/** What the host says of itself, asked for every few seconds and before every action. */
import type { HostSample } from '../event.ts';
import { discardEvidence, gapMs } from './clock.ts';
import { pressed } from './pressure.ts';
import type { NodeState } from './state.ts';
import { put, type Turn, tell, unsettleAll } from './turn.ts';

/** PSI's shortest average is 10 s; half of that follows it closely enough. */
export const sampleEveryMs = 5_000;
/** A package manager that holds its lock for longer is not waited for any more. */
const longestUpgradeMs = 30 * 60_000;

/** Until when at the latest the package manager at work is waited for; null when none is, or for too long already. */
export function upgradeUntilMs({ upgradeSinceMs }: NodeState, nowMs: number): number | null {
  const untilMs = upgradeSinceMs === null ? 0 : upgradeSinceMs + longestUpgradeMs;
  return untilMs > nowMs ? untilMs : null;
}

/** The monotonic clock stands still while the machine is suspended, so only the host can tell of it (S13). */
function noticeSuspension(turn: Turn, { suspendedMs }: HostSample): void {
  const sleptMs = suspendedMs - (turn.node.suspendedMs ?? suspendedMs);
  if (sleptMs >= gapMs) discardEvidence(turn, sleptMs, 0);
  turn.node = { ...turn.node, suspendedMs };
}

function noticeUpgrade(turn: Turn, { packageManager }: HostSample): void {
  const since = turn.node.upgradeSinceMs;
  if ((packageManager === null) === (since === null)) return;
  tell(turn, { type: 'node.changed', reason: 'node.upgrading', detail: packageManager ?? 'ended' });
  turn.node = { ...turn.node, upgradeSinceMs: packageManager === null ? null : turn.nowMs };
  unsettleAll(turn);
}

export function observeHost(turn: Turn, sample: HostSample): void {
  const wasPressed = (turn.node.sample?.pressure ?? 0) >= pressed;
  if (sample.pressure >= pressed !== wasPressed)
    tell(turn, { type: 'node.changed', reason: 'node.pressure', detail: sample.pressure.toFixed(2) });
  noticeSuspension(turn, sample);
  noticeUpgrade(turn, sample);
  turn.node = { ...turn.node, sample: { ...sample, atMs: turn.nowMs }, sampleDueAtMs: turn.nowMs + sampleEveryMs };
  for (const component of Object.values(turn.components)) {
    const { deed } = component;
    if (deed?.stage === 'preparing') put(turn, { ...component, deed: { ...deed, sampled: true } });
  }
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
