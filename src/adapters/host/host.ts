/** What the node says of itself: pressure, own lag, and whether a package manager is at work. Reads of /proc only; nothing is spawned. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Host } from '../../ports.ts';
import { createLatest } from './latest.ts';
import { findManager, type ManagerLock, managerLocks, readManagerFiles } from './locks.ts';
import { parsePressure } from './pressure.ts';

/**
 * How often the loop's own delay is measured. Each time wakes the process, which idle does little else: 50 ms was a quarter of all its processor
 * time. A delay by half a second, which is when it begins to matter, is still seen for certain.
 */
const resolutionMs = 250;
/** A sample is asked for before every action: what does not come within this is as it was. */
const patienceMs = 500;

export interface HostParts {
  /** For tests: where the kernel is seen. */
  readonly procFolder?: string;
  readonly locks?: readonly ManagerLock[];
}

/** Without CONFIG_PSI, or with psi=0, there are no such files: no pressure is known. */
const readOrNothing = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

/** The list of locks takes the longest by far: for each read of it the kernel waits for a grace period of RCU (15 ms, measured on Linux 6.18). */
async function readKernel(procFolder: string): Promise<{ readonly pressure: number; readonly locks: string }> {
  const names = ['locks', 'pressure/cpu', 'pressure/io', 'pressure/memory'];
  const [locks = '', cpu = '', io = '', memory = ''] = await Promise.all(
    names.map((name) => readOrNothing(join(procFolder, name))),
  );
  const pressure = Math.max(parsePressure(cpu, 'some'), parsePressure(io, 'full'), parsePressure(memory, 'full'));
  return { pressure, locks };
}

/** os.uptime is CLOCK_BOOTTIME, hrtime CLOCK_MONOTONIC; two reads apart, so a few milliseconds of it are noise. */
function suspendedMs(): number {
  return Math.max(0, uptime() * 1_000 - Number(process.hrtime.bigint()) / 1e6);
}

export function createHost({ procFolder = '/proc', locks = managerLocks }: HostParts = {}): Host & { close(): void } {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const latestKernel = createLatest(() => readKernel(procFolder), { pressure: 0, locks: '' }, patienceMs);
  const latestFiles = createLatest(() => readManagerFiles(locks), [], patienceMs);
  return {
    bootId: () => readFileSync(join(procFolder, 'sys/kernel/random/boot_id'), 'utf8').trim(),
    sample: async () => {
      const loopLagMs = Math.max(0, delay.max / 1e6 - resolutionMs);
      delay.reset();
      const [{ pressure, locks: locked }, files] = await Promise.all([latestKernel(), latestFiles()]);
      return { pressure, packageManager: findManager(locked, files), loopLagMs, suspendedMs: suspendedMs() };
    },
    close: () => void delay.disable(),
  };
}
