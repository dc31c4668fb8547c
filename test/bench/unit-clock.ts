/**
 * The independent clock of the repairs: from the signal, sent straight to a unit's main process from outside of the node, to the moment
 * at which the node's PID 1 says that the unit is active again. Both are CLOCK_MONOTONIC, which the node shares with this machine. Nothing
 * that a supervisor says of itself is used. A new process is noticed by a look into the unit's cgroup every millisecond.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { LabNode } from '../lab/harness/node.ts';

const pollMs = 1;

export type Blow = 'SIGKILL' | 'SIGSTOP';

export interface UnitClock {
  /** Sends SIGKILL; resolves to the milliseconds until the unit was active again with a new process. Rejects after `withinMs`. */
  crash(unit: string, withinMs: number): Promise<number>;
  /** Sends the signal; as `crash`, but resolves to null when the unit is not back `withinMs` later. */
  strike(unit: string, signal: Blow, withinMs: number): Promise<number | null>;
  /** Process ids of the unit as this machine sees them. */
  processes(unit: string): number[];
}

const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

function processesIn(file: string): number[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    // The cgroup goes away with the last process.
    return [];
  }
}

/** The process id inside the node, the last of those by which the kernel knows the process. */
function innerPid(pid: number): number {
  try {
    const line = /^NSpid:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
    return Number(line.split(/\s+/).at(-1));
  } catch {
    // It has just ended.
    return 0;
  }
}

export function createUnitClock(node: LabNode): UnitClock {
  const processes = (unit: string): number[] =>
    processesIn(node.hostPath(`/sys/fs/cgroup/system.slice/${slicePath(unit)}/cgroup.procs`));

  async function untilAnew(unit: string, old: number, untilMs: number): Promise<boolean> {
    while (monotonicMs() < untilMs) {
      const now = processes(unit);
      if (now.length > 0 && !now.includes(old)) return true;
      await delay(pollMs);
    }
    return false;
  }

  async function strike(unit: string, signal: Blow, withinMs: number): Promise<number | null> {
    const before = await node.unit(unit);
    const main = processes(unit).find((pid) => innerPid(pid) === Number(before['MainPID']));
    if (main === undefined) throw new Error(`cannot find the main process of ${unit}`);
    const sentMs = monotonicMs();
    process.kill(main, signal);
    if (!(await untilAnew(unit, main, sentMs + withinMs))) return null;
    const activeMs = async (): Promise<number | null> => {
      const after = await node.unit(unit);
      const isBack = after['ActiveState'] === 'active' && after['InvocationID'] !== before['InvocationID'];
      return isBack ? Number(after['ActiveEnterTimestampMonotonic']) / 1_000 : null;
    };
    const left = Math.max(1_000, sentMs + withinMs - monotonicMs());
    return (await node.waitFor(activeMs, left, `${unit} to be active again`)) - sentMs;
  }

  return {
    processes,
    crash: async (unit, withinMs) => {
      const tookMs = await strike(unit, 'SIGKILL', withinMs);
      if (tookMs === null) throw new Error(`${unit} was not back within ${withinMs} ms of its crash`);
      return tookMs;
    },
    strike,
  };
}

/** Below system.slice; the instances of a template have a slice of their own. */
function slicePath(unit: string): string {
  const template = /^(.+)@.+\.service$/.exec(unit)?.[1];
  return template === undefined ? unit : `system-${template.replaceAll('-', '\\x2d')}.slice/${unit}`;
}
