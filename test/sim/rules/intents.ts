/** S1: whatever reaches the node has a durable intent, and no intent reaches it twice. S12: reboots are rare, whatever else is true. */
import type { Remedial } from '../../../src/core/action.ts';
import type { Deed } from '../../../src/core/mend/state.ts';
import type { Called } from '../../../src/sim/watcher.ts';
import { type Case, isDiskInTrouble } from './case.ts';

export interface Intents {
  leave(action: Remedial): void;
  called(call: Called): void;
  /** A new process: what the one before had sent has arrived long since, and what it had not is never sent. */
  begun(): void;
}

const hourMs = 3_600_000;

/** A command and a reboot name no unit when they arrive. */
const keyOf = ({ type, unit }: { readonly type: string; readonly unit: string }): string =>
  type === 'node.reboot' || type === 'command.run' ? type : unit;

export function createIntents(found: Case): Intents {
  const { world, breach } = found;
  const known = new Set<string>();
  /** Left the core and did not reach the node yet. */
  const awaited = new Map<string, { readonly id: string; readonly component: string }>();
  const rebootsAtMs: number[] = [];

  function isDurable(component: string, id: string): boolean {
    const row = world().machine.disk.durableRow(`component:${component}`) as { readonly deed: Deed | null } | null;
    return row?.deed?.id === id && row.deed.stage === 'acting';
  }

  function countReboot(): void {
    const nowMs = world().machine.trueMs();
    rebootsAtMs.push(nowMs);
    const within = (hours: number): number => rebootsAtMs.filter((atMs) => nowMs - atMs < hours * hourMs).length;
    if (within(6) > 1 || within(24) > 2) breach(`S12 ${within(6)} reboots in 6 h, ${within(24)} in 24 h`);
  }

  return {
    leave: (action) => {
      if (known.has(action.id)) breach(`S1 ${action.id} was begun twice`);
      known.add(action.id);
      awaited.set(keyOf(action), { id: action.id, component: action.component });
    },
    called: (call) => {
      const intent = awaited.get(keyOf(call));
      awaited.delete(keyOf(call));
      if (call.type === 'node.reboot') countReboot();
      if (intent === undefined) breach(`S1 ${call.type} of ${call.unit} without an intent, or a second time`);
      else if (!isDurable(intent.component, intent.id) && (call.type === 'node.reboot' || !isDiskInTrouble(found)))
        breach(`S1 ${call.type} of ${call.unit} before its intent was durable`);
    },
    begun: () => awaited.clear(),
  };
}
