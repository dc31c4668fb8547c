/** PID 1 of one boot: the units, their jobs, and what can be asked of it. */
import type { ProbeTarget } from '../../core/mend/policy.ts';
import type { Unit } from '../../core/mend/unit.ts';
import type { Agenda } from '../agenda.ts';
import type { Ending, FileVerb, Installed, Service } from './facts.ts';
import { createJobs, type JobSignal, type JobType } from './jobs.ts';
import type { Answer } from './program.ts';
import { createService } from './service.ts';
import { defaultSettings, newUnit } from './unit.ts';

export type Signal = { readonly type: 'unit'; readonly unit: Unit } | JobSignal;

export interface PidOneContext {
  readonly agenda: Agenda;
  readonly nowMs: () => number;
  readonly newInvocation: () => string;
  readonly signal: (signal: Signal) => void;
}

/** The id of the job that was queued, or why none was. */
export type Asked = { readonly job: number } | { readonly refused: string };

export interface PidOne {
  service(unit: string): Service | null;
  /** As GetAll answers; a unit that does not exist is `not-found`. */
  read(unit: string): Unit;
  ask(type: JobType, unit: string): Asked;
  /** What the unit's program answers a look, or its main process when that is looked at. */
  answer(unit: string, kind: ProbeTarget['kind']): Answer;
  resetFailed(unit: string): void;
  kill(unit: string, ending: Ending): void;
  changeFile(unit: string, verb: FileVerb): void;
  /** Starts what is enabled, in its order. */
  boot(): void;
  /** Stops everything, in its order. */
  stopAll(): void;
  vanish(): void;
}

/** From one thing that systemd does to the next. */
const turnMs = 0.2;

const absent = (id: string): Unit => ({
  ...newUnit(id, { ...defaultSettings, type: '' }),
  loadState: 'not-found',
  unitFileState: '',
  controlGroup: '',
});

export function createPidOne(installed: readonly Installed[], context: PidOneContext): PidOne {
  const { agenda, nowMs, newInvocation, signal } = context;
  const services = new Map<string, Service>();
  let vanished = false;
  let lastPid = 300;

  const soon = (run: () => void): void => {
    agenda.after(turnMs, () => {
      if (!vanished) run();
    });
  };
  const jobs = createJobs({ services, soon, signal });
  for (const one of installed) {
    const { name } = one.facts;
    const service: Service = createService(one, {
      agenda,
      nowMs,
      newInvocation,
      newPid: () => {
        lastPid += 1;
        return lastPid;
      },
      changed: (unit) => signal({ type: 'unit', unit }),
      moved: (before, after) => jobs.moved(service, before, after),
      autoRestart: () => {
        if (one.masked) return service.giveUp();
        const nRestarts = service.unit().nRestarts + 1;
        service.set({ nRestarts, subState: 'auto-restart-queued', stateChangeAtMs: nowMs() });
        jobs.add('start', name);
      },
    });
    services.set(name, service);
  }

  function ask(type: JobType, unit: string): Asked {
    const service = services.get(unit);
    if (service === undefined) return { refused: `Unit ${unit} not found.` };
    if (type !== 'stop' && service.installed.masked) return { refused: `Unit ${unit} is masked.` };
    return { job: jobs.add(type, unit) };
  }

  return {
    service: (unit) => services.get(unit) ?? null,
    read: (unit) => services.get(unit)?.unit() ?? absent(unit),
    ask,
    answer: (unit, kind) => {
      const service = services.get(unit);
      if (service === undefined)
        return { verdict: 'unknown', reason: 'probe.failed', detail: 'no such unit', tookMs: 1 };
      if (kind === 'unit') return service.processAnswer();
      const leaning = service.facts.program.leansOn.every(
        (name) => services.get(name)?.answer(true).verdict !== 'unhealthy',
      );
      return service.answer(leaning);
    },
    resetFailed: (unit) => services.get(unit)?.resetFailed(),
    kill: (unit, ending) => services.get(unit)?.end(ending),
    changeFile: (unit, verb) => {
      const service = services.get(unit);
      if (service === undefined) return;
      const { installed: file } = service;
      if (verb === 'mask' || verb === 'unmask') file.masked = verb === 'mask';
      else file.enabled = verb === 'enable';
      const unitFileState = file.masked ? 'masked' : file.enabled ? 'enabled' : 'disabled';
      service.set({ unitFileState, loadState: file.masked ? 'masked' : 'loaded' });
    },
    boot: () => {
      for (const one of installed) if (one.enabled && !one.masked) jobs.add('start', one.facts.name);
    },
    stopAll: () => {
      for (const name of services.keys()) jobs.add('stop', name);
    },
    vanish: () => {
      vanished = true;
      jobs.clear();
      for (const service of services.values()) service.vanish();
    },
  };
}
