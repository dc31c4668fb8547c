/**
 * Whether the node may be rebooted (S12): only with a store that is whole, rarely, and never for a cause that would be there again
 * after the boot. The causes are a closed list of hangs: configuration, certificates, memory limits and disks are not among them.
 */
import type { Reason } from '../reason.ts';
import type { Component, NodeState } from './state.ts';

const hourMs = 3_600_000;
const budgets = [
  { withinMs: 6 * hourMs, most: 1 },
  { withinMs: 24 * hourMs, most: 2 },
] as const;

/** A start that times out is not among them: more often than not its configuration is to blame. */
const mendable: ReadonlySet<Reason> = new Set(['probe.timeout', 'probe.stopped', 'probe.blocked']);

/** null when a reboot is allowed, else the reason why it is not. */
export function refuseReboot(node: NodeState, component: Component, nowMs: number): Reason | null {
  if (node.store === 'unwritable' || nowMs < node.forgetfulUntilMs) return 'reboot.not-writable';
  if (component.incident === null || !mendable.has(component.incident.cause)) return 'reboot.cannot-help';
  const spent = budgets.some(
    ({ withinMs, most }) => node.reboots.filter((reboot) => nowMs - reboot.atMs < withinMs).length >= most,
  );
  return spent ? 'reboot.budget-spent' : null;
}
