/** A new configuration over the old state: what is known of a component outlives it as long as its unit stays the same. */
import { closeIncident } from './incident.ts';
import type { NodePolicy } from './policy.ts';
import { initialComponent } from './state.ts';
import { put, type Turn } from './turn.ts';

export function adoptPolicy(turn: Turn, policy: NodePolicy): void {
  const before = { ...turn.components };
  for (const [name, component] of Object.entries(before)) {
    const wanted = policy.components.find((one) => one.name === name);
    if (wanted?.unit === component.policy.unit) continue;
    closeIncident(turn, component, 'config.loaded', false);
    delete turn.components[name];
  }
  // The order of the configuration is the order in which components are shown.
  for (const wanted of policy.components) {
    const known = turn.components[wanted.name];
    delete turn.components[wanted.name];
    put(turn, known === undefined ? initialComponent(wanted, turn.nowMs) : { ...known, policy: wanted });
  }
  turn.node = { ...turn.node, name: policy.node, readyPolicy: policy.ready };
}
