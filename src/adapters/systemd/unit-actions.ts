/**
 * Start, restart, kill and reboot: one call after another, then the job to its end. At most one action per unit is under
 * way; a second one is refused. Always resolves, at the latest at the deadline. A job that outlives its deadline stays with
 * systemd: cancelling a restart half-way would leave the unit stopped.
 */
import type { ActionResult } from '../../core/event.ts';
import type { Unit } from '../../core/mend/unit.ts';
import { reboot, toManager } from './calls.ts';
import type { Call, Reply } from './connection.ts';
import { createJobFollower, type JobFollower } from './job-follower.ts';
import { jobOfPath } from './object-path.ts';

export interface UnitActionsOptions {
  /** Calls systemd or logind; answers `lost` when there is no connection. */
  readonly call: (call: Call, timeoutMs: number, done: (reply: Reply) => void) => void;
  readonly isConnected: () => boolean;
  readonly get: (unit: string) => Unit | null;
  readonly lastRead: () => number;
  readonly nowMs: () => number;
}

export interface JobRequest {
  readonly method: 'StartUnit' | 'RestartUnit';
  readonly unit: string;
  readonly resetFailed: boolean;
  /** Restarted first; the jobs of socket units go before those of their service. */
  readonly sockets?: readonly string[];
  readonly kill: boolean;
  readonly timeoutMs: number;
}

export interface UnitActions {
  run(request: JobRequest): Promise<ActionResult>;
  reboot(timeoutMs: number): Promise<ActionResult>;
  jobRemoved(unit: string, job: number, result: string): void;
  /** The connection or systemd's memory of our calls is gone: what is under way is judged by the next read. */
  lost(): void;
  seen(unit: Unit, read: number): void;
  close(): void;
}

interface Running {
  readonly follower: JobFollower;
  readonly settle: (result: ActionResult | null) => void;
}

const failed = (detail: string): ActionResult => ({ ok: false, reason: 'action.failed', detail });

const deniedErrors: readonly string[] = [
  'org.freedesktop.DBus.Error.AccessDenied',
  'org.freedesktop.DBus.Error.AuthFailed',
  'org.freedesktop.DBus.Error.InteractiveAuthorizationRequired',
];

/** The call may have been carried out although its reply will never come: systemd was re-executed meanwhile. */
const unansweredErrors: readonly string[] = [
  'org.freedesktop.DBus.Error.NoReply',
  'org.freedesktop.DBus.Error.Disconnected',
];

const resultOfError = (what: string, name: string, message: string): ActionResult => ({
  ok: false,
  reason: deniedErrors.includes(name) ? 'action.denied' : 'action.failed',
  detail: `${what}: ${message === '' ? name : message}`,
});

export const createUnitActions = (options: UnitActionsOptions): UnitActions => {
  const running = new Map<string, Running>();
  const begin = (request: JobRequest, resolve: (result: ActionResult) => void): void => {
    const before = options.get(request.unit);
    const notInvocation = request.method === 'RestartUnit' ? (before?.invocationId ?? '') : null;
    const follower = createJobFollower({ unit: request.unit, notInvocation });
    const settle = (result: ActionResult | null): void => {
      if (result === null || running.get(request.unit) !== mine) return;
      clearTimeout(timer);
      running.delete(request.unit);
      resolve(result);
    };
    const mine: Running = { follower, settle };
    const what = `${request.method} ${request.unit}`;
    const timer = setTimeout(() => settle(timedOut(what, request.timeoutMs)), request.timeoutMs);
    running.set(request.unit, mine);
    const steps = stepsOf(request);
    const untilMs = options.nowMs() + request.timeoutMs;
    takeSteps({ ...options, untilMs, steps, mine, isOver: () => running.get(request.unit) !== mine });
  };
  const refusal = (unit: string): string | null => {
    if (!options.isConnected()) return `cannot act on ${unit}: the system bus is not connected`;
    if (options.get(unit) === null) return `cannot act on ${unit}: it is not watched`;
    return running.has(unit) ? `cannot act on ${unit}: an earlier action is still under way` : null;
  };
  return {
    run: async (request) => {
      const refused = refusal(request.unit);
      return refused === null ? new Promise((resolve) => begin(request, resolve)) : failed(refused);
    },
    reboot: (timeoutMs) =>
      new Promise((resolve) => options.call(reboot, timeoutMs, (reply) => resolve(resultOfReboot(reply, timeoutMs)))),
    jobRemoved(unit, job, result) {
      const one = running.get(unit);
      one?.settle(one.follower.removed(job, result));
    },
    lost() {
      for (const { follower } of running.values()) follower.lost(options.lastRead());
    },
    seen(unit, read) {
      const one = running.get(unit.id);
      one?.settle(one.follower.seen(unit, read));
    },
    close() {
      for (const { settle } of [...running.values()]) settle(interrupted);
    },
  };
};

const interrupted: ActionResult = {
  ok: false,
  reason: 'action.interrupted',
  detail: 'the agent stopped while the action was under way',
};

const timedOut = (what: string, timeoutMs: number): ActionResult => ({
  ok: false,
  reason: 'action.timeout',
  detail: `${what} did not end within ${timeoutMs} ms`,
});

const resultOfReboot = (reply: Reply, timeoutMs: number): ActionResult => {
  if (reply.kind === 'reply') return { ok: true, reason: 'action.done', detail: 'logind accepted the reboot' };
  if (reply.kind === 'error') return resultOfError('Reboot', reply.name, reply.message);
  if (reply.kind === 'timeout') return timedOut('Reboot', timeoutMs);
  return failed('Reboot: the system bus is not connected');
};

interface Step {
  readonly call: Call;
  /** Errors of the earlier steps do not matter, for the last one decides; a refusal of rights does. */
  readonly last: boolean;
  /** The next step waits for its reply; without that need it follows at once, for systemd keeps the order. */
  readonly awaited: boolean;
}

const stepsOf = (request: JobRequest): Step[] => {
  const { unit } = request;
  const steps: Step[] = [];
  if (request.resetFailed) {
    steps.push({ call: toManager('ResetFailedUnit', 's', [unit]), last: false, awaited: false });
  }
  // 9 is SIGKILL. A unit without a main process answers with an error, and the restart that follows is all it needs.
  if (request.kill) steps.push({ call: toManager('KillUnit', 'ssi', [unit, 'main', 9]), last: false, awaited: true });
  for (const socket of request.sockets ?? [])
    steps.push({ call: toManager('RestartUnit', 'ss', [socket, 'replace']), last: false, awaited: false });
  return [...steps, { call: toManager(request.method, 'ss', [unit, 'replace']), last: true, awaited: true }];
};

const takeSteps = (context: {
  readonly call: UnitActionsOptions['call'];
  readonly nowMs: () => number;
  readonly lastRead: () => number;
  readonly untilMs: number;
  readonly steps: readonly Step[];
  readonly mine: Running;
  readonly isOver: () => boolean;
}): void => {
  const { mine } = context;
  const take = (index: number): void => {
    const step = context.steps[index];
    const leftMs = context.untilMs - context.nowMs();
    // Without time the action's own timer is about to answer.
    if (step === undefined || context.isOver() || leftMs <= 0) return;
    context.call(step.call, leftMs, (reply) => {
      if (reply.kind === 'lost' || reply.kind === 'timeout') return mine.follower.lost(context.lastRead());
      if (reply.kind === 'error') {
        if (unansweredErrors.includes(reply.name)) return mine.follower.lost(context.lastRead());
        const result = resultOfError(step.call.member, reply.name, reply.message);
        if (step.last || result.reason === 'action.denied') return mine.settle(result);
      } else if (step.last) {
        return mine.settle(mine.follower.queued(jobOfPath(reply.body[0]), context.lastRead()));
      }
      if (step.awaited) take(index + 1);
    });
    if (!step.awaited) take(index + 1);
  };
  take(0);
};
