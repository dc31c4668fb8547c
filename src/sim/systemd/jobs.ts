/**
 * systemd's jobs: at most one per unit, what is asked for pulls in what it needs, and units that are ordered wait for one another. A restart is a stop
 * that turns into a start under the same id.
 */
import type { Unit } from '../../core/mend/unit.ts';
import type { Service } from './facts.ts';
import { hasEndedWholly, isUp } from './states.ts';

export type JobType = 'start' | 'stop' | 'restart';

export interface JobsContext {
  readonly services: ReadonlyMap<string, Service>;
  /** Calls `run` a moment later, after what systemd is doing now. */
  readonly soon: (run: () => void) => void;
  readonly signal: (signal: JobSignal) => void;
}

export type JobSignal =
  | { readonly type: 'new'; readonly job: number; readonly unit: string }
  | { readonly type: 'removed'; readonly job: number; readonly unit: string; readonly result: string };

export interface Jobs {
  /** The job's id: an earlier one's when that takes the wish in. */
  add(type: JobType, unit: string): number;
  of(unit: string): number;
  moved(service: Service, before: Unit, after: Unit): void;
  clear(): void;
}

interface Job {
  readonly id: number;
  readonly service: Service;
  type: JobType;
  running: boolean;
}

export function createJobs({ services, soon, signal }: JobsContext): Jobs {
  const jobs = new Map<string, Job>();
  let lastId = 100;

  const needs = (a: Service, b: Service): boolean => a.facts.after.includes(b.facts.name);
  const goesDown = (job: Job | undefined): boolean => job !== undefined && job.type !== 'start';

  /** Units that stop when this one stops, and are up. */
  const dependents = (service: Service): Service[] =>
    [...services.values()].filter(
      (other) => other.facts.settings.stopsWith.includes(service.facts.name) && isUp(other.unit()),
    );

  function finish(job: Job, result: string): void {
    const { name } = job.service.facts;
    if (jobs.get(name) !== job) return;
    jobs.delete(name);
    signal({ type: 'removed', job: job.id, unit: name, result });
    job.service.set({ job: 0 });
    if (result !== 'done' && job.type === 'start') failDependents(name);
    soon(dispatch);
  }

  /** Whoever requires what could not be started is not started either. */
  function failDependents(name: string): void {
    for (const job of [...jobs.values()]) {
      if (job.type === 'start' && !job.running && job.service.facts.requires.includes(name)) finish(job, 'dependency');
    }
  }

  function install(type: JobType, service: Service): Job {
    const { name } = service.facts;
    const earlier = jobs.get(name);
    if (earlier !== undefined && (earlier.type === type || (type !== 'stop' && earlier.type !== 'stop'))) {
      if (earlier.type !== type) Object.assign(earlier, { type: 'restart', running: false });
      return earlier;
    }
    if (earlier !== undefined) finish(earlier, 'canceled');
    lastId += 1;
    const job: Job = { id: lastId, service, type, running: false };
    jobs.set(name, job);
    service.set({ job: job.id });
    signal({ type: 'new', job: job.id, unit: name });
    return job;
  }

  function add(type: JobType, unit: string): number {
    const service = services.get(unit);
    if (service === undefined) throw new Error(`there is no unit ${unit}`);
    const job = install(type, service);
    if (type !== 'start')
      for (const other of dependents(service)) if (!jobs.has(other.facts.name)) add(type, other.facts.name);
    if (type !== 'stop') {
      for (const name of service.facts.requires) {
        const other = services.get(name);
        if (other !== undefined && !isUp(other.unit()) && !jobs.has(name)) add('start', name);
      }
    }
    soon(dispatch);
    return job.id;
  }

  /** Stops go before starts; stops from the last in the order, starts from the first. */
  function mustWait(job: Job): boolean {
    for (const other of jobs.values()) {
      if (other === job) continue;
      const after = needs(job.service, other.service);
      const before = needs(other.service, job.service);
      if (!after && !before) continue;
      if (goesDown(job) ? goesDown(other) && before : goesDown(other) || after) return true;
    }
    return false;
  }

  function run(job: Job): void {
    const { service } = job;
    const unit = service.unit();
    job.running = true;
    if (job.type === 'start') {
      if (unit.activeState === 'active') finish(job, 'done');
      else if (unit.activeState === 'deactivating') job.running = false;
      else if (unit.activeState === 'activating' && !unit.subState.startsWith('auto-restart')) return;
      else if (service.installed.masked || !service.start()) finish(job, 'failed');
      return;
    }
    if (hasEndedWholly(unit)) stopDone(job);
    else service.stop();
  }

  function stopDone(job: Job): void {
    if (job.type === 'stop') {
      finish(job, 'done');
      return;
    }
    Object.assign(job, { type: 'start', running: false });
    soon(dispatch);
  }

  function dispatch(): void {
    for (const job of [...jobs.values()]) {
      if (jobs.get(job.service.facts.name) === job && !job.running && !mustWait(job)) run(job);
    }
  }

  function moved(service: Service, before: Unit, after: Unit): void {
    const job = jobs.get(service.facts.name);
    const ended = hasEndedWholly(after);
    if (job === undefined && ended && isUp(before)) stopBound(service);
    if (job === undefined) return;
    if (!job.running) soon(dispatch);
    else if (job.type !== 'start') {
      if (ended) stopDone(job);
    } else if (after.activeState === 'active') finish(job, 'done');
    else if (ended && !hasEndedWholly(before)) finish(job, 'failed');
  }

  /** BindsTo=: whoever is bound to a unit that went down unasked is stopped. */
  function stopBound(service: Service): void {
    for (const other of services.values()) {
      const { bindsTo, name } = other.facts;
      if (bindsTo.includes(service.facts.name) && isUp(other.unit()) && !jobs.has(name)) add('stop', name);
    }
  }

  return { add, of: (unit) => jobs.get(unit)?.id ?? 0, moved, clear: () => jobs.clear() };
}
