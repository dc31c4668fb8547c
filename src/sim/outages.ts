/**
 * How long each unit of the virtual node did not serve, as an onlooker sees it who needs no probes. Counts from the first time that it served, power
 * cuts, reboots and an operator's stops included.
 */
import type { Machine } from './machine.ts';

export interface Outages {
  /** To be called whenever something may have changed. */
  look(): void;
  /** Milliseconds so far; null for a unit that never served. */
  downMs(unit: string): number | null;
}

interface Course {
  serves: boolean;
  sinceMs: number;
  downMs: number;
}

function serves(machine: Machine, unit: string): boolean {
  if (!machine.isUp()) return false;
  const pidOne = machine.pidOne();
  if (pidOne.read(unit).activeState !== 'active') return false;
  const { verdict, reason } = pidOne.answer(unit, 'http');
  // Whoever may not look knows nothing, so neither does the onlooker; a server that initializes does not serve yet.
  return verdict === 'healthy' || reason === 'probe.denied';
}

export function createOutages(machine: Machine, units: readonly string[]): Outages {
  const courses = new Map<string, Course>();

  return {
    look: () => {
      for (const unit of units) {
        const course = courses.get(unit);
        const now = serves(machine, unit);
        if (course === undefined) {
          if (now) courses.set(unit, { serves: true, sinceMs: machine.trueMs(), downMs: 0 });
        } else if (course.serves !== now) {
          if (now) course.downMs += machine.trueMs() - course.sinceMs;
          course.serves = now;
          course.sinceMs = machine.trueMs();
        }
      }
    },
    downMs: (unit) => {
      const course = courses.get(unit);
      if (course === undefined) return null;
      return course.downMs + (course.serves ? 0 : machine.trueMs() - course.sinceMs);
    },
  };
}
