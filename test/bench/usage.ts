/** What a service costs, as the kernel counts it: processor time of its cgroup, its ended children included, and resident memory. */
import { readFileSync } from 'node:fs';
import type { Stage } from './stage.ts';

export interface Usage {
  /** Share of one core, in percent. */
  readonly cpuPercent: number;
  readonly residentMiB: number;
}

function cpuUs(stage: Stage, unit: string): number {
  const text = readFileSync(stage.node.hostPath(`/sys/fs/cgroup/system.slice/${unit}/cpu.stat`), 'utf8');
  return Number(/^usage_usec (\d+)$/m.exec(text)?.[1]);
}

export function residentMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** The main processes: a child that is there for moments would make the figure jump. */
export const eldest = (stage: Stage, unit: string): number => Math.min(...stage.clock.processes(unit));

/** Watches all units over the same `spanMs`. */
export async function watchUsage(stage: Stage, units: readonly string[], spanMs: number): Promise<Map<string, Usage>> {
  const begun = units.map((unit) => ({ unit, us: cpuUs(stage, unit), atNs: process.hrtime.bigint() }));
  await new Promise((resolve) => setTimeout(resolve, spanMs));
  return new Map(
    begun.map(({ unit, us, atNs }) => {
      const spentUs = cpuUs(stage, unit) - us;
      const passedUs = Number(process.hrtime.bigint() - atNs) / 1_000;
      return [unit, { cpuPercent: (100 * spentUs) / passedUs, residentMiB: residentMiB(eldest(stage, unit)) }];
    }),
  );
}
