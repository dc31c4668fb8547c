/**
 * The SystemBus port over the virtual PID 1: what the D-Bus adapter makes of signals, replies and their loss. Messages keep their order; a signal that
 * was lost is found by the next reconcile.
 */
import { createJobFollower, type JobFollower } from '../adapters/systemd/job-follower.ts';
import type { ActionResult } from '../core/event.ts';
import type { Unit } from '../core/mend/unit.ts';
import type { Emit, SystemBus } from '../ports.ts';
import type { Life } from './life.ts';
import type { Machine } from './machine.ts';
import type { Signal } from './systemd/pid-one.ts';

/** What is wrong with the bus at the moment. */
export interface BusAilments {
  /** The daemon is gone: the connection breaks and none can be made. */
  gone: boolean;
  /** It answers nobody; noticed by the ping. */
  hung: boolean;
  /** Share of the signals that get lost. */
  loses: number;
  /** polkit or the bus's policy refuses every action. */
  denies: boolean;
  lagMs: number;
}

export const noBusAilments = (): BusAilments => ({ gone: false, hung: false, loses: 0, denies: false, lagMs: 1 });

const connectMs = 5;
const callMs = 1;
const reconcileMs = 30_000;
const noticeHungMs = 12_000;
const firstRetryMs = 100;
const maxRetryMs = 2_000;

const failed = (detail: string): ActionResult => ({ ok: false, reason: 'action.failed', detail });
const denied: ActionResult = { ok: false, reason: 'action.denied', detail: 'AccessDenied' };

interface Running {
  readonly follower: JobFollower;
  readonly settle: (result: ActionResult | null) => void;
}

interface Request {
  readonly type: 'start' | 'restart';
  readonly unit: string;
  readonly resetFailed: boolean;
  readonly kill: boolean;
  readonly timeoutMs: number;
}

/** How the world speaks to the agent's end of the bus. */
export interface BusEnd extends SystemBus {
  signal(signal: Signal): void;
  shutdown(announced: boolean): void;
  /** The ailments changed. */
  review(): void;
}

const refuse = (life: Life, result: ActionResult): Promise<ActionResult> => life.promise((resolve) => resolve(result));

function sameUnit(a: Unit | undefined, b: Unit): boolean {
  if (a === undefined || a === b) return a === b;
  return (Object.keys(b) as (keyof Unit)[]).every((key) => a[key] === b[key]);
}

export function createBus(machine: Machine, life: Life, emit: Emit): BusEnd {
  const { agenda, busAilments: ailments } = machine;
  const random = machine.random.fork(`bus ${life.serial}`);
  const known = new Map<string, Unit>();
  const running = new Map<string, Running>();
  let watched: readonly string[] = [];
  let state: 'closed' | 'connecting' | 'connected' | 'lost' = 'closed';
  let retryMs = firstRetryMs;
  /** When it was last tried to connect, while nothing is there. */
  let triedAtMs: number | null = null;
  let missed = false;
  let reads = 0;
  let lastAtMs = 0;
  let toldShutdown = false;

  /** A message to the agent: after the bus's lag, and never before an earlier one. */
  function deliver(take: () => void): void {
    lastAtMs = Math.max(lastAtMs, agenda.nowMs() + ailments.lagMs);
    agenda.at(lastAtMs, () => life.run(take));
  }

  function tellUnit(unit: Unit, always: boolean): void {
    const same = sameUnit(known.get(unit.id), unit);
    known.set(unit.id, unit);
    if (!same || always) emit({ type: 'unit.changed', unit });
  }

  /** Reads all watched units; each is the unit of the moment at which systemd answers. */
  function refresh(always: boolean, done: () => void): void {
    reads += 1;
    const number = reads;
    deliver(() => {
      if (state === 'lost' || state === 'closed' || ailments.gone || ailments.hung || !life.reach('read')) return;
      for (const name of watched) {
        const unit = machine.pidOne().read(name);
        tellUnit(unit, always);
        const one = running.get(name);
        one?.settle(one.follower.seen(unit, number));
      }
      done();
    });
  }

  function scheduleReconcile(): void {
    if (missed) return;
    missed = true;
    const dueMs = (Math.floor(agenda.nowMs() / reconcileMs) + 1) * reconcileMs;
    agenda.at(dueMs, () =>
      life.run(() => {
        missed = false;
        if (state === 'connected') refresh(false, () => undefined);
      }),
    );
  }

  function connect(): void {
    if (state === 'connected' || state === 'closed') return;
    if (ailments.gone || ailments.hung) {
      retryLater();
      return;
    }
    state = 'connecting';
    tellShutdown(machine.shuttingDown());
    refresh(true, () => {
      state = 'connected';
      retryMs = firstRetryMs;
      emit({ type: 'bus.connected' });
    });
  }

  /** Tries that cannot succeed are not made: the first one after the bus is there again is put on the agenda then. */
  function retryLater(): void {
    triedAtMs = agenda.nowMs();
    retryOnceThere();
  }

  function retryOnceThere(): void {
    if (triedAtMs === null || ailments.gone || ailments.hung) return;
    let nextMs = triedAtMs;
    triedAtMs = null;
    while (nextMs <= agenda.nowMs()) {
      nextMs += retryMs;
      retryMs = Math.min(2 * retryMs, maxRetryMs);
    }
    agenda.at(nextMs, () => life.run(connect));
  }

  function lose(detail: string): void {
    if (state === 'closed' || state === 'lost') return;
    state = 'lost';
    for (const { follower } of running.values()) follower.lost(reads);
    emit({ type: 'bus.lost', detail });
    retryLater();
  }

  function tellShutdown(announced: boolean): void {
    if (announced === toldShutdown) return;
    toldShutdown = announced;
    emit({ type: announced ? 'shutdown.announced' : 'shutdown.canceled' });
  }

  function take(signal: Signal): void {
    if (state !== 'connected' && state !== 'connecting') return;
    if (signal.type === 'unit') {
      if (watched.includes(signal.unit.id)) tellUnit(signal.unit, false);
      return;
    }
    if (!watched.includes(signal.unit)) return;
    const { unit, job } = signal;
    if (signal.type === 'new') {
      emit({ type: 'job.started', unit, job });
      return;
    }
    const one = running.get(unit);
    if (one !== undefined && !life.reach('ended')) return;
    emit({ type: 'job.ended', unit, job, result: signal.result });
    one?.settle(one.follower.removed(job, signal.result));
  }

  /** The calls of one action, one after another; `then` gets systemd's answer to the last. */
  function call(request: Request, mine: Running): void {
    const steps: (() => ActionResult | number | null)[] = [];
    const { unit } = request;
    const then = (deed: () => void) => () => {
      deed();
      return null;
    };
    if (request.resetFailed) steps.push(then(() => machine.pidOne().resetFailed(unit)));
    if (request.kill) steps.push(then(() => machine.killed(unit)));
    steps.push(() => {
      const asked = machine.pidOne().ask(request.type, unit);
      machine.watcher.called?.({ type: `unit.${request.kill ? 'kill' : request.type}`, unit });
      return 'job' in asked ? asked.job : failed(asked.refused);
    });
    const step = (index: number): void => {
      const one = steps[index];
      if (one === undefined || running.get(unit) !== mine) return;
      if (!life.reach('call')) return;
      agenda.after(callMs, () => {
        if (ailments.gone || ailments.hung) return;
        const answer = ailments.denies ? denied : one();
        life.reach('called');
        deliver(() => {
          if (!life.reach('reply')) return;
          if (typeof answer === 'number') mine.settle(mine.follower.queued(answer, reads));
          else if (answer !== null) mine.settle(answer);
          else step(index + 1);
        });
      });
    };
    step(0);
  }

  function act(request: Request): Promise<ActionResult> {
    const { unit, timeoutMs } = request;
    if (state !== 'connected') return refuse(life, failed(`cannot act on ${unit}: the system bus is not connected`));
    const before = known.get(unit);
    if (before === undefined) return refuse(life, failed(`cannot act on ${unit}: it is not watched`));
    if (running.has(unit)) return refuse(life, failed(`cannot act on ${unit}: an earlier action is still under way`));
    return life.promise((resolve) => {
      const notInvocation = request.type === 'restart' ? before.invocationId : null;
      const follower = createJobFollower({ unit, notInvocation });
      const settle = (result: ActionResult | null): void => {
        if (result === null || running.get(unit) !== mine) return;
        agenda.cancel(timer);
        running.delete(unit);
        resolve(result);
      };
      const mine: Running = { follower, settle };
      const timer = agenda.after(timeoutMs, () =>
        life.run(() => settle({ ok: false, reason: 'action.timeout', detail: `${unit} did not end in time` })),
      );
      running.set(unit, mine);
      call(request, mine);
    });
  }

  return {
    open: () => {
      state = 'connecting';
      agenda.after(connectMs, () => life.run(connect));
    },
    watch: (units) => {
      watched = units;
      if (state === 'connected') refresh(true, () => undefined);
    },
    start: (unit, { resetFailed, timeoutMs }) => act({ type: 'start', unit, resetFailed, kill: false, timeoutMs }),
    restart: (unit, { resetFailed, timeoutMs }) => act({ type: 'restart', unit, resetFailed, kill: false, timeoutMs }),
    killAndRestart: (unit, { timeoutMs }) => act({ type: 'restart', unit, resetFailed: false, kill: true, timeoutMs }),
    reboot: ({ timeoutMs }) => {
      return life.promise((resolve) => {
        if (!life.reach('call')) return;
        const blind = ailments.gone || ailments.hung || state !== 'connected';
        const result: ActionResult = ailments.denies ? denied : { ok: true, reason: 'action.done', detail: 'accepted' };
        if (blind) return void agenda.after(timeoutMs, () => life.run(() => resolve(failed('no reply'))));
        agenda.after(callMs, () => {
          if (result.ok) {
            machine.watcher.called?.({ type: 'node.reboot', unit: '' });
            machine.rebootAsked();
          }
          life.reach('called');
          deliver(() => {
            if (life.reach('reply')) resolve(result);
          });
        });
      });
    },
    read: async (unit) => (state === 'connected' ? machine.pidOne().read(unit) : null),
    close: async () => {
      state = 'closed';
    },
    signal: (signal) => {
      if (ailments.gone || ailments.hung || (ailments.loses > 0 && random.chance(ailments.loses)))
        return scheduleReconcile();
      deliver(() => take(signal));
    },
    shutdown: (announced) => {
      if (!ailments.gone && !ailments.hung) deliver(() => tellShutdown(announced));
    },
    review: () => {
      retryOnceThere();
      if (ailments.gone) deliver(() => lose('the bus is gone'));
      if (ailments.hung)
        agenda.after(noticeHungMs, () => life.run(() => ailments.hung && lose('the bus does not answer')));
    },
  };
}
