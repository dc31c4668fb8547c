/** The Prober port: what the programs of the virtual node answer, with the deadline and the lateness rule of the real lanes. */
import type { Observation } from '../core/mend/observation.ts';
import type { Prober } from '../ports.ts';
import type { Life } from './life.ts';
import type { Machine } from './machine.ts';
import { type Answer, silent } from './systemd/program.ts';

/** So late may the agent's own timer be before a bad look is discarded. */
const lateMs = 1_000;

/** A number from 0 to 1 for a look, the same whenever it is asked for. */
function luckOf(lane: string, startedAtMs: number): number {
  let value = Math.floor(startedAtMs * 16) | 0;
  for (let index = 0; index < lane.length; index += 1) value = Math.imul(value ^ lane.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  value = Math.imul(value ^ (value >>> 13), 0x297a2d39);
  return ((value ^ (value >>> 16)) >>> 0) / 4294967296;
}

/** How long a program takes that would answer in `answersInMs` on an idle node. */
export function lookMs(machine: Machine, lane: string, startedAtMs: number, answersInMs: number): number {
  const { slowLooksMs } = machine.host;
  return slowLooksMs === 0 ? answersInMs : answersInMs + slowLooksMs * luckOf(lane, startedAtMs);
}

export function createProber(machine: Machine, life: Life): Prober {
  const nowMs = machine.monotonicMs;

  function observe({ verdict, reason, detail }: Answer, startedAtMs: number, timeoutMs: number): Observation {
    const durationMs = nowMs() - startedAtMs;
    const late = verdict === 'unhealthy' && durationMs - timeoutMs > lateMs;
    if (late) return { verdict: 'unknown', reason: 'probe.late', detail: 'late', startedAtMs, durationMs };
    return { verdict, reason, detail, startedAtMs, durationMs };
  }

  return {
    look: (lane, target, unit, timeoutMs) => {
      const startedAtMs = nowMs();
      const answer = machine.pidOne().answer(unit, target.kind);
      const tookMs = answer.tookMs === null ? Infinity : lookMs(machine, lane, startedAtMs, answer.tookMs);
      const inTime = tookMs <= timeoutMs;
      return life.later(
        Math.min(tookMs, timeoutMs),
        () => observe(inTime ? answer : silent, startedAtMs, timeoutMs),
        2,
      );
    },
    close: async () => undefined,
  };
}
