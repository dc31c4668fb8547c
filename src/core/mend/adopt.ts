/**
 * A new configuration over the old state: what is known of a unit (its budget above all) outlives it under whatever name, as long as the
 * unit is supervised. What was seen and planned under another policy does not.
 */
import { dropPlan, endDeed } from './deed.ts';
import { closeIncident } from './incident.ts';
import { forgetLooks } from './looks.ts';
import type { ComponentPolicy, NodePolicy } from './policy.ts';
import { type Component, initialComponent } from './state.ts';
import { put, type Turn } from './turn.ts';

function takeOver(known: Component, policy: ComponentPolicy, nowMs: number): Component {
  if (JSON.stringify(known.policy) === JSON.stringify(policy)) return known;
  return dropPlan({ ...forgetLooks(known, nowMs), policy });
}

export function adoptPolicy(turn: Turn, policy: NodePolicy): void {
  const before = Object.values(turn.components);
  for (const component of before) {
    delete turn.components[component.policy.name];
    if (policy.components.some(({ unit }) => unit === component.policy.unit)) continue;
    closeIncident(turn, endDeed(turn, component, false, 'config.loaded', ''), 'config.loaded', false);
  }
  // The order of the configuration is the order in which components are shown.
  for (const wanted of policy.components) {
    const known = before.find((component) => component.policy.unit === wanted.unit);
    put(turn, known === undefined ? initialComponent(wanted, turn.nowMs) : takeOver(known, wanted, turn.nowMs));
  }
  turn.node = { ...turn.node, name: policy.node, readyPolicy: policy.ready };
}
