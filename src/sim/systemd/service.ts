/**
 * One service as systemd 257 runs it: its states, timestamps, Restart=, start limit and time limits (measured sequences: test/fixtures/systemd-257).
 * Jobs are made by PID 1; it is told of every change of state.
 */
import type { Unit } from '../../core/mend/unit.ts';
import type { Agenda, Entry } from '../agenda.ts';
import type { Ending, Installed, Service } from './facts.ts';
import { answerOf, noProcessAilments, type ProcessAilments, processAnswerOf } from './program.ts';
import { createStartLimit } from './start-limit.ts';
import { newUnit } from './unit.ts';

export interface ServiceContext {
  readonly agenda: Agenda;
  /** CLOCK_MONOTONIC of this boot. */
  readonly nowMs: () => number;
  readonly newInvocation: () => string;
  readonly newPid: () => number;
  /** systemd signals the unit's properties. */
  readonly changed: (unit: Unit) => void;
  /** The state changed: jobs may end or go on. */
  readonly moved: (before: Unit, after: Unit) => void;
  /** RestartSec= is over. */
  readonly autoRestart: () => void;
}

/** What lies between a process's end and the unit's next state on a real node. */
const noticedAfterMs = 0.4;
const diesAfterMs = 0.5;
const failsAfterMs = 20;

const exits: Readonly<Record<Ending, { readonly code: number; readonly status: number }>> = {
  success: { code: 1, status: 0 },
  'exit-code': { code: 1, status: 1 },
  signal: { code: 2, status: 9 },
  'oom-kill': { code: 2, status: 9 },
  watchdog: { code: 3, status: 6 },
  timeout: { code: 2, status: 9 },
  protocol: { code: 1, status: 0 },
};

function restartApplies(restart: string, result: string): boolean {
  if (restart === 'always') return true;
  if (restart === 'on-failure') return result !== 'success';
  if (restart === 'on-abnormal') return result !== 'success' && result !== 'exit-code';
  return false;
}

function freshUnit({ facts: { name, settings }, enabled, masked }: Installed): Unit {
  return {
    ...newUnit(name, settings),
    loadState: masked ? 'masked' : 'loaded',
    unitFileState: masked ? 'masked' : enabled ? 'enabled' : 'disabled',
  };
}

export function createService(installed: Installed, context: ServiceContext): Service {
  const { agenda, nowMs, changed, moved } = context;
  const { facts, ailments } = installed;
  const { settings, program } = facts;
  const limit = createStartLimit(settings);
  let unit = freshUnit(installed);
  let process: ProcessAilments | null = null;
  /** systemd's own wait: start and stop time limits, RestartSec=. */
  let waiting: Entry | null = null;
  /** What the process is going to do by itself: be ready, fail, end, crash. */
  let doing: Entry | null = null;
  let watchdog: Entry | null = null;
  /** The result that the present way down will have. */
  let verdict: Ending = 'success';
  /** A stop was asked for, so Restart= does not apply. */
  let stopped = false;
  /** The next start begins NRestarts at 0. */
  let countsAnew = true;

  const set = (changes: Partial<Unit>): void => {
    unit = { ...unit, ...changes };
    changed(unit);
  };

  function move(changes: Partial<Unit>): void {
    const before = unit;
    set({ ...changes, stateChangeAtMs: nowMs() });
    moved(before, unit);
  }

  function wait(entry: Entry | null): void {
    agenda.cancel(waiting);
    waiting = entry;
  }

  function act(entry: Entry | null): void {
    agenda.cancel(doing);
    doing = entry;
  }

  const limited = (ms: number | null, run: () => void): Entry | null => (ms === null ? null : agenda.after(ms, run));

  /** The main process is gone; what the unit does next depends on whether it was to end. */
  function processEnded(result: Ending): void {
    const { code, status } = exits[result];
    process = null;
    act(null);
    agenda.cancel(watchdog);
    unit = { ...unit, mainPid: 0, execMainExitAtMs: nowMs(), execMainCode: code, execMainStatus: status };
    const unready = result === 'success' && unit.activeState === 'activating' && settings.type === 'notify';
    const known = unit.activeState === 'deactivating' && verdict !== 'success' ? verdict : result;
    const said = unready ? 'protocol' : known;
    wait(agenda.after(noticedAfterMs, () => enterDead(said)));
  }

  function enterDead(result: Ending): void {
    const ended = result === 'success' ? ('inactive' as const) : ('failed' as const);
    const left = unit.activeState === 'active' ? { activeExitAtMs: nowMs() } : {};
    const restarts = !stopped && restartApplies(settings.restart, result) && !installed.masked;
    countsAnew = !restarts;
    const name = ended === 'failed' ? 'failed' : 'dead';
    const subState = restarts ? `${name}-before-auto-restart` : name;
    move({ ...left, inactiveEnterAtMs: nowMs(), result, activeState: ended, subState, freezerState: 'running' });
    wait(restarts ? agenda.after(settings.restartMs, () => context.autoRestart()) : null);
    if (restarts) move({ activeState: 'activating', subState: 'auto-restart', inactiveExitAtMs: nowMs() });
  }

  function ready(): void {
    wait(null);
    act(null);
    move({ activeState: 'active', subState: 'running', activeEnterAtMs: nowMs() });
    const { crashesAfterMs } = ailments;
    if (crashesAfterMs !== null) act(agenda.after(crashesAfterMs, () => end('signal')));
  }

  function end(result: Ending): void {
    if (process !== null && !ailments.unkillable) processEnded(result);
  }

  /** A stopped process does not feed systemd's watchdog, and obeys SIGTERM once it goes on. */
  function halt(halted: boolean): void {
    if (process === null) return;
    process.frozen = halted;
    agenda.cancel(watchdog);
    if (halted && settings.watchdogMs > 0) watchdog = agenda.after(settings.watchdogMs, () => end('watchdog'));
    if (!halted && unit.activeState === 'deactivating') obey();
  }

  function obey(): void {
    if (process !== null && !process.frozen && !process.deadlocked)
      act(agenda.after(program.endsAfterMs, () => end('success')));
  }

  function exec(): void {
    process = noProcessAilments();
    set({ mainPid: context.newPid() });
    if (ailments.startFails) act(agenda.after(failsAfterMs, () => end('exit-code')));
    else if (!ailments.startHangs) act(agenda.after(ailments.startTakesMs ?? program.readyAfterMs, ready));
  }

  function start(): boolean {
    wait(null);
    if (!limit.allows(nowMs())) {
      const result = unit.result === 'success' ? 'start-limit-hit' : unit.result;
      move({ activeState: 'failed', subState: 'failed', result, inactiveEnterAtMs: nowMs() });
      return false;
    }
    const nRestarts = countsAnew ? 0 : unit.nRestarts;
    countsAnew = false;
    stopped = false;
    verdict = 'success';
    const left = unit.activeState === 'activating' ? {} : { inactiveExitAtMs: nowMs() };
    unit = {
      ...unit,
      ...left,
      execMainExitAtMs: null,
      execMainCode: 0,
      execMainStatus: 0,
      result: 'success',
      nRestarts,
    };
    move({ activeState: 'activating', subState: 'start', invocationId: context.newInvocation() });
    exec();
    wait(limited(settings.timeoutStartMs, () => terminate('timeout')));
    return true;
  }

  /** The restart cannot be queued. */
  function giveUp(): void {
    countsAnew = true;
    move({ activeState: 'failed', subState: 'failed', result: 'resources', inactiveEnterAtMs: nowMs() });
  }

  function terminate(result: Ending): void {
    verdict = result;
    const left = unit.activeState === 'active' ? { activeExitAtMs: nowMs() } : {};
    act(null);
    move({ ...left, activeState: 'deactivating', subState: 'stop-sigterm' });
    obey();
    wait(
      process === null ? agenda.after(noticedAfterMs, () => enterDead(result)) : limited(settings.timeoutStopMs, kill),
    );
  }

  function kill(): void {
    verdict = 'timeout';
    move({ subState: 'stop-sigkill' });
    act(agenda.after(diesAfterMs, () => end('timeout')));
    // systemd gives up on a process that even SIGKILL does not end, and leaves it behind.
    wait(
      limited(settings.timeoutStopMs, () => {
        process = null;
        enterDead('timeout');
      }),
    );
  }

  return {
    facts,
    installed,
    process: () => process,
    unit: () => unit,
    set,
    start,
    giveUp,
    stop: () => {
      stopped = true;
      if (unit.activeState === 'deactivating') return;
      if (!unit.subState.startsWith('auto-restart')) {
        terminate('success');
        return;
      }
      wait(null);
      // Not `failed`, however the run ended: Result alone still tells.
      move({ activeState: 'inactive', subState: 'dead', inactiveEnterAtMs: nowMs() });
    },
    resetFailed: () => {
      limit.reset();
      const failed = unit.activeState === 'failed' ? { activeState: 'inactive' as const, subState: 'dead' } : {};
      if (unit.activeState === 'failed' || unit.nRestarts > 0) set({ ...failed, result: 'success', nRestarts: 0 });
    },
    end,
    halt,
    freeze: (frozen) => {
      halt(frozen);
      set({ freezerState: frozen ? 'frozen' : 'running' });
    },
    answer: (leaning) => {
      const listening = unit.activeState === 'active' || unit.activeState === 'deactivating' ? process : null;
      return answerOf(program, ailments, listening, nowMs() - (unit.activeEnterAtMs ?? 0), leaning);
    },
    processAnswer: () => processAnswerOf(ailments, process),
    vanish: () => {
      wait(null);
      act(null);
      agenda.cancel(watchdog);
      process = null;
    },
  };
}
