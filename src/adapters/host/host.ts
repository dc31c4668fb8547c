/** What the node says of itself: pressure, own lag, and whether a package manager is at work. Reads of /proc only; nothing is spawned. */
import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { uptime } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Host } from '../../ports.ts';
import { isLocked, parsePressure } from './pressure.ts';

/** Held while packages are unpacked and configured; the lock of `apt update` is not among them. */
const locks = [
  { manager: 'dpkg', path: '/var/lib/dpkg/lock-frontend' },
  { manager: 'dpkg', path: '/var/lib/dpkg/lock' },
  { manager: 'rpm', path: '/var/lib/rpm/.rpm.lock' },
] as const;

const resolutionMs = 50;

const readOrNothing = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

async function lockHolder(): Promise<string | null> {
  const text = await readOrNothing('/proc/locks');
  for (const { manager, path } of locks) {
    const file = await stat(path).catch(() => null);
    if (file !== null && isLocked(text, new Set([file.ino]))) return manager;
  }
  return null;
}

async function readPressure(): Promise<number> {
  const [cpu, io, memory] = await Promise.all(
    ['cpu', 'io', 'memory'].map((name) => readOrNothing(`/proc/pressure/${name}`)),
  );
  return Math.max(
    parsePressure(cpu ?? '', 'some'),
    parsePressure(io ?? '', 'full'),
    parsePressure(memory ?? '', 'full'),
  );
}

export function createHost(): Host & { close(): void } {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  return {
    bootId: () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    suspendedMs: () => uptime() * 1_000 - Number(process.hrtime.bigint()) / 1e6,
    sample: async () => {
      const loopLagMs = Math.max(0, delay.max / 1e6 - resolutionMs);
      delay.reset();
      const [pressure, packageManager] = await Promise.all([readPressure(), lockHolder()]);
      return { pressure, packageManager, loopLagMs };
    },
    close: () => void delay.disable(),
  };
}
