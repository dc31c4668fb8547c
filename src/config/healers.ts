/** Other programs that restart the same units. Two of them fight: the one takes the restart of the other for a crash. */
import type { Facts } from './discover.ts';

/** What Kubernetes distributions and clouds are known to put on nodes. */
export const healerUnits: readonly string[] = [
  'node-problem-detector.service',
  'monit.service',
  // Google Compute Engine.
  'kube-container-runtime-monitor.service',
  'kubelet-monitor.service',
  // Azure.
  'containerd-monitor.service',
  'docker-monitor.service',
  // Gardener.
  'gardener-node-agent.service',
];

/** One sentence for each that is active. */
export function warnOfHealers(facts: Facts): string[] {
  return healerUnits
    .filter((name) => facts.get(name)?.activeState === 'active')
    .map(
      (name) =>
        `${name} is active and may restart the same units: let only one of the two repair, and the other report`,
    );
}
