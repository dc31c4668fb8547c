/** What every rule that looks on has at hand. */
import type { World } from '../../../src/sim/world.ts';
import type { Knowledge } from './knowledge.ts';

export interface Breach {
  /** S1 to S14, `liveness` or `loop`. */
  readonly rule: string;
  readonly what: string;
  readonly agendaMs: number;
}

export interface Case {
  readonly world: () => World;
  readonly knowledge: Knowledge;
  /** null: all is well. The text begins with the rule. */
  readonly breach: (what: string | null) => void;
}

const slowSyncMs = 2_000;

/** Nothing can be expected to be durable now. */
export const isDiskInTrouble = ({ world }: Case): boolean => {
  const { full, syncMs } = world().machine.disk;
  return full || syncMs > slowSyncMs;
};
