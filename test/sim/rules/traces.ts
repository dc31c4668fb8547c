/**
 * Whether the agent could still find out what took a unit down when it saw that it was down. A unit that goes down with another is told from one that
 * was stopped by their timestamps alone, and the other one's next end overwrites its own; nothing is left of a start that failed once that other is up.
 */
import type { Unit } from '../../../src/core/mend/unit.ts';
import type { Case } from './case.ts';

export interface Traces {
  /** The agent is told of the unit. */
  see(unit: Unit): void;
  /** A new life of the agent may know less than the one before. */
  forget(): void;
}

/** What systemd does in one go lies no further apart. */
const apartMs = 1_000;

export function createTraces({ world, knowledge }: Case): Traces {
  /** By unit: the end that was looked at. */
  const known = new Map<string, string>();
  const file = new Map<string, string>();

  /** Its own start had failed before the one that brought it up, and nothing has ended it since. */
  const cameUpLate = (other: Unit): boolean => other.inactiveEnterAtMs !== null && other.activeExitAtMs === null;

  const isOverwritten = (unit: Unit): boolean =>
    unit.settings.stopsWith.some((name) => {
      const other = world().machine.pidOne().read(name);
      if (unit.inactiveExitAtMs === null) return other.activeState === 'active' && !cameUpLate(other);
      return (other.activeExitAtMs ?? 0) > (unit.activeExitAtMs ?? Infinity) + apartMs;
    });

  return {
    see: (unit) => {
      const before = file.get(unit.id);
      file.set(unit.id, unit.unitFileState);
      const end = `${unit.invocationId} ${unit.activeExitAtMs}`;
      if (unit.activeState === 'active')
        for (const set of [knowledge.traceless, knowledge.undecided]) set.delete(unit.id);
      if ((unit.activeState !== 'inactive' && unit.activeState !== 'failed') || known.get(unit.id) === end) return;
      known.set(unit.id, end);
      // Told together with its end, it may have been disabled before or after.
      if (unit.unitFileState === 'disabled' && before !== 'disabled') knowledge.undecided.add(unit.id);
      if (isOverwritten(unit)) knowledge.traceless.add(unit.id);
      else knowledge.traceless.delete(unit.id);
    },
    forget: () => known.clear(),
  };
}
