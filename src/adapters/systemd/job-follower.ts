/**
 * Follows one job of ours to its end. A state machine without I/O: it is told what the bus said and answers with the
 * action's result, or null while the job is under way. JobRemoved counts for that very job id alone, and may come before
 * the method's reply that names the id.
 */
import type { ActionResult } from '../../core/event.ts';
import type { Unit } from '../../core/mend/unit.ts';

export interface JobFollower {
  /** systemd took the call: the job's id. `lastRead` is the number of the last read that was asked for until now. */
  queued(job: number, lastRead: number): ActionResult | null;
  removed(job: number, result: string): ActionResult | null;
  /** The connection or the reply is gone, and with it maybe the JobRemoved. */
  lost(lastRead: number): void;
  /** The unit as read; reads that were asked for before the job was known say nothing of it. */
  seen(unit: Unit, read: number): ActionResult | null;
}

/** Somebody who queues and removes this many jobs for one unit while one call is under way has other worries. */
const maxEarly = 32;

export const createJobFollower = (options: {
  readonly unit: string;
  /** The unit's invocation before the call; null when the job need not bring a new one (a start of what runs). */
  readonly notInvocation: string | null;
}): JobFollower => {
  const early = new Map<number, string>();
  let job = 0;
  /** Reads up to this number are too old to judge by; Infinity before anything was sent. */
  let stale = Number.POSITIVE_INFINITY;

  return {
    queued(id, lastRead) {
      job = id;
      stale = lastRead;
      const result = early.get(id);
      return result === undefined ? null : resultOfJob(options.unit, id, result);
    },
    removed(id, result) {
      if (job !== 0) return id === job ? resultOfJob(options.unit, id, result) : null;
      if (early.size < maxEarly) early.set(id, result);
      return null;
    },
    lost(lastRead) {
      stale = lastRead;
    },
    seen(unit, read) {
      if (read <= stale) return null;
      if (unit.job !== 0) {
        // The call got through although its reply did not: the job that is there now is followed.
        if (job === 0) job = unit.job;
        if (unit.job === job) return null;
      }
      const anew = options.notInvocation === null || unit.invocationId !== options.notInvocation;
      if (unit.activeState === 'active' && anew) {
        return {
          ok: true,
          reason: 'action.done',
          detail: `${options.unit} is active; the end of its job was not seen`,
        };
      }
      const detail = `${options.unit} is ${unit.activeState} (${unit.subState}); the end of its job was not seen`;
      return { ok: false, reason: 'action.failed', detail };
    },
  };
};

/** From systemd's word for the end of a job (see JobRemoved in org.freedesktop.systemd1(5)) to the action's result. */
export const resultOfJob = (unit: string, job: number, result: string): ActionResult => {
  const detail = `job ${job} of ${unit} ended: ${result.slice(0, 40)}`;
  if (result === 'done') return { ok: true, reason: 'action.done', detail };
  if (result === 'canceled') return { ok: false, reason: 'action.canceled', detail };
  return { ok: false, reason: 'action.failed', detail };
};
