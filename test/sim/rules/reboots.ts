/** S12: when the node may be rebooted at all. How often is counted where the calls arrive. */
import type { Knowledge, Part } from './knowledge.ts';

const mendable = ['probe.timeout', 'probe.stopped', 'probe.blocked'];

export function rebootBreach(part: Part, knowledge: Knowledge, cause: string): string | null {
  if (!part.policy.ladder.some(({ remedy }) => remedy === 'reboot')) return 'S12 reboot is not on the ladder';
  if (knowledge.store !== 'ok' && knowledge.store !== 'fresh')
    return `S12 reboot with a store that is ${knowledge.store}`;
  return mendable.includes(cause) ? null : `S12 reboot for ${cause}`;
}
