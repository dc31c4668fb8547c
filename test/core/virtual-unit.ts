/**
 * One service unit as systemd 257 runs it, small: start, stop and restart jobs, Restart= with RestartSec, a start limit, a main process that
 * can die, freeze, or fail to start. Times and timestamps are those of the world that it lives in.
 */
import type { Unit, UnitSettings } from '../../src/core/mend/unit.ts';
import { defaultSettings, newUnit } from '../../src/sim/systemd/unit.ts';

export const settings = (changes: Partial<UnitSettings> = {}): UnitSettings => ({
  ...defaultSettings,
  type: 'notify',
  restart: 'always',
  restartMs: 5_000,
  killMode: 'process',
  ...changes,
});

export interface Program {
  /** What a start comes to: it gets ready, it ends with status 1, or it never gets ready. */
  starts: 'well' | 'badly' | 'never';
  startMs: number;
  /** Stopped by SIGSTOP: answers nothing and does not obey SIGTERM. */
  frozen: boolean;
}

export interface Surroundings {
  nowMs(): number;
  /** Runs `then` after `ms`. */
  later(ms: number, then: () => void): void;
  nextSerial(): number;
  changed(unit: Unit): void;
  jobStarted(unit: string, job: number): void;
  jobEnded(unit: string, job: number, result: string): void;
}

export interface VirtualUnit {
  readonly program: Program;
  get(): Unit;
  /** Changes what systemd says of the unit, and tells it. */
  set(changes: Partial<Unit>): void;
  /** SIGKILL to the main process. */
  crash(result?: string): void;
  /** The main process exits 0 by itself. */
  exit(): void;
  freeze(): void;
  /** `done` is told the job's result. */
  start(done?: (result: string) => void): void;
  /** `job`: its id, where it was given with another one's. */
  stop(done?: (result: string) => void, job?: number): void;
  restart(done?: (result: string) => void): void;
  /** A reload that takes so long; the process serves on meanwhile. */
  reload(ms: number): void;
  resetFailed(): void;
}

const nothing = (): void => {};

export function createVirtualUnit(name: string, around: Surroundings, own: Partial<UnitSettings> = {}): VirtualUnit {
  const { nowMs, later, nextSerial } = around;
  const id = `${name}.service`;
  const program: Program = { starts: 'well', startMs: 0, frozen: false };
  let starts: number[] = [];
  /** What was planned for an earlier state of the unit is void. */
  let epoch = 0;
  /** The job under way, and how a stop that waits for the process goes on. */
  let current: { readonly job: number; readonly done: (result: string) => void } | null = null;
  let goOn: (() => void) | null = null;
  let unit: Unit = newUnit(id, settings(own));

  function set(changes: Partial<Unit>): void {
    unit = { ...unit, stateChangeAtMs: nowMs(), ...changes };
    around.changed(unit);
  }

  const soon = (ms: number, then: () => void): void => {
    epoch += 1;
    const mine = epoch;
    later(ms, () => mine === epoch && then());
  };

  function endJob(result: string): void {
    if (current === null) return;
    const { job, done } = current;
    current = null;
    around.jobEnded(id, job, result);
    done(result);
  }

  /** A new job takes the place of the one under way. */
  function openJob(done: (result: string) => void, given = nextSerial()): number {
    endJob('canceled');
    current = { job: given, done };
    around.jobStarted(id, given);
    return given;
  }

  /** The main process is gone: dead, failed, or restarted after RestartSec. */
  function ended(result: string, dies: Partial<Unit>): void {
    const { restart, restartMs, startLimitBurst, startLimitIntervalMs } = unit.settings;
    const failed = result !== 'success';
    const wants = restart === 'always' || (restart === 'on-failure' && failed);
    const recent = starts.filter((at) => nowMs() - at < startLimitIntervalMs).length;
    const gone = { result, mainPid: 0, job: 0, execMainExitAtMs: nowMs(), ...dies };
    epoch += 1;
    if (wants && (startLimitBurst === 0 || recent < startLimitBurst)) {
      set({ ...gone, activeState: 'activating', subState: 'auto-restart', inactiveExitAtMs: nowMs() });
      soon(restartMs, () => run(0, unit.nRestarts + 1));
    } else {
      const state = failed || wants ? 'failed' : 'inactive';
      set({ ...gone, activeState: state, subState: failed || wants ? 'failed' : 'dead', inactiveEnterAtMs: nowMs() });
    }
  }

  function run(job: number, nRestarts: number): void {
    starts = [...starts, nowMs()].slice(-20);
    program.frozen = false;
    const serial = nextSerial();
    const from = unit.subState === 'auto-restart' ? {} : { inactiveExitAtMs: nowMs() };
    const begun = { ...from, invocationId: `run-${serial}`, result: 'success', nRestarts, mainPid: 100 + serial, job };
    const up = { activeState: 'active', subState: 'running', job: 0 } as const;
    const finish = (): void => {
      const { timeoutStartMs } = unit.settings;
      if (program.starts === 'never') {
        if (timeoutStartMs !== null) soon(timeoutStartMs - program.startMs, giveUp);
        return;
      }
      if (program.starts === 'well') set({ ...up, activeEnterAtMs: nowMs() });
      else ended('exit-code', { execMainCode: 1, execMainStatus: 1 });
      endJob(program.starts === 'well' ? 'done' : 'failed');
    };
    const giveUp = (): void => {
      ended('timeout', { execMainCode: 2, execMainStatus: 15 });
      endJob('failed');
    };
    if (program.startMs === 0 && program.starts === 'well') {
      epoch += 1;
      unit = { ...unit, ...begun };
      finish();
      return;
    }
    set({ ...begun, activeState: 'activating', subState: 'start' });
    soon(program.startMs, finish);
  }

  const left = (): Partial<Unit> => (unit.activeState === 'active' ? { activeExitAtMs: nowMs() } : {});

  function stopThen(job: number, then: () => void): void {
    if (unit.mainPid === 0) {
      epoch += 1;
      set({ activeState: 'inactive', subState: 'dead', job });
      then();
      return;
    }
    set({ activeState: 'deactivating', subState: 'stop-sigterm', ...left(), job });
    goOn = () => {
      goOn = null;
      const result = program.frozen ? 'timeout' : 'success';
      const state = program.frozen ? 'failed' : 'inactive';
      const gone = { mainPid: 0, execMainExitAtMs: nowMs(), inactiveEnterAtMs: nowMs() };
      set({ activeState: state, subState: program.frozen ? 'failed' : 'dead', result, ...gone });
      then();
    };
    soon(program.frozen ? (unit.settings.timeoutStopMs ?? 90_000) : 1, () => goOn?.());
  }

  return {
    program,
    get: () => unit,
    set,
    crash: (result = 'signal') => {
      if (unit.mainPid === 0) return;
      if (unit.activeState === 'deactivating') return goOn?.();
      ended(result, { ...left(), execMainCode: 2, execMainStatus: 9 });
      endJob('failed');
    },
    exit: () => {
      if (unit.mainPid === 0) return;
      // Type=notify: whoever exits before it is ready has not kept the protocol.
      const result = unit.activeState === 'activating' ? 'protocol' : 'success';
      ended(result, { ...left(), execMainCode: 1, execMainStatus: 0 });
      endJob('failed');
    },
    freeze: () => {
      program.frozen = unit.mainPid !== 0;
    },
    start: (done = nothing) => {
      const job = openJob(done);
      if (unit.activeState === 'active') endJob('done');
      else run(job, 0);
    },
    stop: (done = nothing, given = undefined) => {
      const job = openJob(done, given);
      stopThen(job, () => {
        endJob('done');
        set({ job: 0 });
      });
    },
    restart: (done = nothing) => {
      const job = openJob(done);
      stopThen(job, () => run(job, 0));
    },
    reload: (ms) => {
      if (unit.activeState !== 'active') return;
      set({ activeState: 'reloading', subState: 'reload', job: openJob(nothing) });
      soon(ms, () => {
        set({ activeState: 'active', subState: 'running', job: 0 });
        endJob('done');
      });
    },
    resetFailed: () => {
      starts = [];
    },
  };
}
