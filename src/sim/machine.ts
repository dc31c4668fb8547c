/**
 * The virtual node below the agent: its clocks, PID 1 of the present boot, disk, bus and host figures; power, boot, shutdown and suspend. The agent's
 * process comes and goes with it (agent.ts).
 */
import { type Agenda, type Entry, quantized } from './agenda.ts';
import { type BusAilments, noBusAilments } from './bus.ts';
import { createDisk, type Disk } from './disk.ts';
import { createRandom, type Random } from './random.ts';
import type { Installed } from './systemd/facts.ts';
import { createPidOne, type PidOne, type Signal } from './systemd/pid-one.ts';
import type { Watcher } from './watcher.ts';

/** What the host is like at the moment. */
export interface HostState {
  pressure: number;
  packageManager: string | null;
  /** How much longer than usual a look takes at most. */
  slowLooksMs: number;
  /** How late the agent's timers are. */
  lagMs: number;
  /** logind accepts a reboot and nothing comes of it. */
  rebootStuck: boolean;
}

/** What the machine tells those that live on it. */
export interface Tenant {
  signal(signal: Signal): void;
  shutdown(announced: boolean): void;
  booted(): void;
  /** SIGTERM at a shutdown. */
  stopped(): void;
  /** The power went off. */
  lost(): void;
}

export interface Machine {
  readonly agenda: Agenda;
  readonly random: Random;
  readonly disk: Disk;
  readonly host: HostState;
  readonly busAilments: BusAilments;
  readonly watcher: Watcher;
  readonly installed: readonly Installed[];
  /** CLOCK_MONOTONIC: since the boot, without suspends. */
  monotonicMs(): number;
  /** That time on the agenda. */
  agendaMs(monotonicMs: number): number;
  monotonicOf(agendaMs: number): number;
  wallMs(): number;
  /** CLOCK_BOOTTIME less CLOCK_MONOTONIC. */
  suspendedMs(): number;
  /** All that has passed in the world, suspends among it. */
  trueMs(): number;
  bootId(): string;
  pidOne(): PidOne;
  shuttingDown(): boolean;
  isUp(): boolean;
  /** KillUnit, SIGKILL to the main process. */
  killed(unit: string): void;
  boot(): void;
  /** logind took a request to reboot. */
  rebootAsked(): void;
  cancelShutdown(): void;
  /** What kept logind from a reboot that it had accepted is gone. */
  freeReboot(): void;
  losePower(): void;
  suspend(ms: number): void;
  stepClock(byMs: number): void;
}

/** Wall clocks have to begin somewhere in 2026; where depends on the seed, and with it the agent's own luck. */
const epochMs = Date.UTC(2026, 0, 5);
const spreadMs = 300 * 86_400_000;
const kernelMs = 1_500;
const inhibitedMs = 3_000;
const longestStopMs = 100_000;
const offMs = 20_000;

export interface MachineParts {
  readonly agenda: Agenda;
  readonly seed: number;
  readonly installed: readonly Installed[];
  readonly watcher: Watcher;
  readonly tenant: () => Tenant;
}

export function createMachine({ agenda, seed, installed, watcher, tenant }: MachineParts): Machine {
  const random = createRandom(seed);
  const luck = random.fork('machine');
  let pidOne: PidOne;
  let bootedAtMs = 0;
  let boots = 0;
  let up = false;
  let suspendedMs = 0;
  let suspendedAtBootMs = 0;
  let wallOffsetMs = epochMs + luck.whole(0, spreadMs);
  let invocations = 0;
  let shutdown: Entry | null = null;
  let shuttingDown = false;
  let goingDown = false;

  const machine: Machine = {
    agenda,
    random,
    disk: createDisk(agenda.nowMs),
    host: { pressure: 0, packageManager: null, slowLooksMs: 0, lagMs: 0, rebootStuck: false },
    busAilments: noBusAilments(),
    watcher,
    installed,
    monotonicMs: () => agenda.nowMs() - bootedAtMs + kernelMs,
    // Rounded up first: in the sum, which is greater, the last digits may be lost, and with them the moment comes too early.
    agendaMs: (monotonicMs) => quantized(monotonicMs) + bootedAtMs - kernelMs,
    monotonicOf: (agendaMs) => agendaMs - bootedAtMs + kernelMs,
    wallMs: () => wallOffsetMs + suspendedMs + agenda.nowMs(),
    suspendedMs: () => suspendedMs - suspendedAtBootMs,
    trueMs: () => agenda.nowMs() + suspendedMs,
    bootId: () =>
      `boot${boots.toString().padStart(4, '0')}-0000-4000-8000-${(seed >>> 0).toString(16).padStart(12, '0')}`,
    pidOne: () => pidOne,
    shuttingDown: () => shuttingDown,
    isUp: () => up,
    killed: (unit) => {
      // Whether systemd notices the death before or after the call that follows is a race on a real node too.
      if (luck.chance(0.5)) pidOne.kill(unit, 'signal');
      else agenda.after(1.5, () => pidOne.kill(unit, 'signal'));
    },
    boot,
    rebootAsked: () => {
      if (shuttingDown || !up) return;
      shuttingDown = true;
      tenant().shutdown(true);
      if (!machine.host.rebootStuck) shutdown = agenda.after(inhibitedMs, goDown);
    },
    cancelShutdown: () => {
      if (!shuttingDown || goingDown) return;
      agenda.cancel(shutdown);
      shutdown = null;
      shuttingDown = false;
      tenant().shutdown(false);
    },
    freeReboot: () => {
      if (up && shuttingDown && shutdown === null) shutdown = agenda.after(inhibitedMs, goDown);
    },
    losePower: () => {
      if (!up) return;
      off();
      machine.disk.losePower(luck);
      shutdown = agenda.after(offMs, boot);
    },
    suspend: (ms) => {
      suspendedMs += ms;
    },
    stepClock: (byMs) => {
      wallOffsetMs += byMs;
    },
  };

  function boot(): void {
    boots += 1;
    up = true;
    shuttingDown = false;
    goingDown = false;
    shutdown = null;
    bootedAtMs = agenda.nowMs();
    suspendedAtBootMs = suspendedMs;
    pidOne = createPidOne(installed, {
      agenda,
      nowMs: machine.monotonicMs,
      newInvocation: () => {
        invocations += 1;
        return invocations.toString(16).padStart(32, '0');
      },
      signal: (signal) => tenant().signal(signal),
    });
    watcher.happened?.('boot');
    pidOne.boot();
    tenant().booted();
  }

  function off(): void {
    up = false;
    agenda.cancel(shutdown);
    pidOne.vanish();
    tenant().lost();
    watcher.happened?.('power off');
  }

  /** Units are stopped in their order; the agent gets its SIGTERM some time on the way. */
  function goDown(): void {
    goingDown = true;
    pidOne.stopAll();
    const beganMs = agenda.nowMs();
    agenda.after(luck.between(0, 4_000), () => tenant().stopped());
    const look = (): void => {
      const waits = installed.some(({ facts }) => pidOne.read(facts.name).job !== 0);
      if (waits && agenda.nowMs() - beganMs < longestStopMs) {
        shutdown = agenda.after(500, look);
        return;
      }
      off();
      shutdown = agenda.after(offMs, boot);
    };
    shutdown = agenda.after(5_000, look);
  }

  return machine;
}
