/** The Prober port: what the programs of the virtual node answer, with the deadline and the lateness rule of the real lanes. */
import type { Observation } from '../core/mend/observation.ts';
import type { ProbeTarget } from '../core/mend/policy.ts';
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

/** How a look that begins now or later goes, for as long as nothing befalls the program. */
export type Looking = (startedAtMs: number, timeoutMs: number) => { readonly said: Answer; readonly tookMs: number };

/** `lane`: which looks, for no two are equally slow on a slow node. */
export function lookingAt(machine: Machine, lane: string, unit: string, kind: ProbeTarget['kind']): Looking {
  const answer = machine.pidOne().answer(unit, kind);
  return (startedAtMs, timeoutMs) => {
    const { slowLooksMs } = machine.host;
    const lateMs = slowLooksMs === 0 ? 0 : slowLooksMs * luckOf(lane, startedAtMs);
    const tookMs = answer.tookMs === null ? Infinity : answer.tookMs + lateMs;
    return tookMs <= timeoutMs ? { said: answer, tookMs } : { said: silent, tookMs: timeoutMs };
  };
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
      const { said, tookMs } = lookingAt(machine, lane, unit, target.kind)(startedAtMs, timeoutMs);
      return life.later(tookMs, () => observe(said, startedAtMs, timeoutMs), 2);
    },
    close: async () => undefined,
  };
}
