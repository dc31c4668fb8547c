/**
 * The SystemBus port over D-Bus: puts the parts together. Signals carry the news; reads are made only when a session begins,
 * when systemd says that files or its own process changed, and in a slow reconcile that finds what a lost signal left.
 */
import type { Unit } from '../../core/mend/unit.ts';
import type { Clock, Emit, SystemBus } from '../../ports.ts';
import { systemBusAddress } from './address.ts';
import { createLink, type Link } from './link.ts';
import { pathOfUnit } from './object-path.ts';
import { parseUnit } from './parse-unit.ts';
import { createShutdownWatch } from './shutdown-watch.ts';
import { createSignalRouter } from './signal-router.ts';
import { createThrottle, type Throttle } from './throttle.ts';
import { createUnitActions } from './unit-actions.ts';
import { createUnitBook } from './unit-book.ts';

export interface SystemBusOptions {
  readonly emit: Emit;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** A D-Bus address; default is the system bus. */
  readonly address?: string;
  /** The deadline of every call that is not a job, 5 s. */
  readonly callTimeoutMs?: number;
  /** How often an idle bus is asked for a sign of life, 10 s: bounds how long a hung bus goes unnoticed. */
  readonly pingMs?: number;
  /** How often everything is read to find what signals did not tell, 30 s. */
  readonly reconcileMs?: number;
  /** The distance of the first reconnect, 100 ms; it doubles up to 2 s. */
  readonly firstRetryMs?: number;
  readonly maxRetryMs?: number;
  /** How far apart reads for Reloading and UnitFilesChanged are kept, 1 s: a loop of daemon-reload must not cost much. */
  readonly refreshApartMs?: number;
}

const defaultCallTimeoutMs = 5_000;

export const createSystemBus = (options: SystemBusOptions): SystemBus => {
  const { link, book, actions, files, refresh } = createParts(options);
  const { reconcileMs = 30_000 } = options;
  let reconcile: NodeJS.Timeout | null = null;
  return {
    open() {
      link.open();
      reconcile ??= setInterval(() => link.isConnected() && refresh(), reconcileMs);
    },
    watch(units) {
      book.watch(units);
      link.applyRules();
      if (link.isConnected()) book.refresh({ always: true });
    },
    start: (unit, { resetFailed, timeoutMs }) =>
      actions.run({ method: 'StartUnit', unit, resetFailed, kill: false, timeoutMs }),
    restart: (unit, { resetFailed, sockets, timeoutMs }) =>
      actions.run({ method: 'RestartUnit', unit, resetFailed, sockets, kill: false, timeoutMs }),
    killAndRestart: (unit, { timeoutMs }) =>
      actions.run({ method: 'RestartUnit', unit, resetFailed: false, kill: true, timeoutMs }),
    reboot: ({ timeoutMs }) => actions.reboot(timeoutMs),
    read: createReads(link, options.callTimeoutMs ?? defaultCallTimeoutMs),
    async close() {
      if (reconcile !== null) clearInterval(reconcile);
      reconcile = null;
      files.close();
      actions.close();
      link.close();
    },
  };
};

const createParts = (options: SystemBusOptions) => {
  const { emit, clock } = options;
  const shutdown = createShutdownWatch(emit);
  const book = createUnitBook({
    emit,
    read: (path, done) => link.read(path, done),
    onRead: (unit, read) => actions.seen(unit, read),
    onRenamed: () => link.applyRules(),
  });
  const actions = createUnitActions({
    call: (call, timeoutMs, done) => link.call(call, timeoutMs, done),
    isConnected: () => link.isConnected(),
    get: book.get,
    lastRead: book.lastRead,
    nowMs: clock.nowMs,
  });
  const files = throttleRefresh(options, () => refresh());
  /** A unit that could not be read just now is tried again; a bus that does not answer ends the session instead. */
  const refresh = (): void =>
    book.refresh({
      done: (all) => {
        if (!all && link.isConnected()) files.soon();
      },
    });
  const { merge, namesOf } = book;
  const { jobRemoved } = actions;
  const onFilesChanged = (): void => {
    book.outdate();
    files.soon();
  };
  const onSignal = createSignalRouter({ emit, shutdown, merge, namesOf, jobRemoved, onFilesChanged });
  const link = createLink({
    emit,
    nowMs: clock.nowMs,
    firstRetryMs: options.firstRetryMs ?? 100,
    maxRetryMs: options.maxRetryMs ?? 2_000,
    session: {
      address: options.address ?? systemBusAddress,
      callTimeoutMs: options.callTimeoutMs ?? defaultCallTimeoutMs,
      pingMs: options.pingMs ?? 10_000,
      rules: book.rules,
      onSignal,
      onSystemdBack() {
        actions.lost();
        refresh();
      },
    },
    onUp(stopping, done) {
      shutdown.found(stopping);
      book.refresh({ always: true, done });
    },
    onLost: actions.lost,
  });
  return { link, book, actions, files, refresh };
};

const throttleRefresh = ({ clock, refreshApartMs: apartMs = 1_000 }: SystemBusOptions, deed: () => void): Throttle =>
  createThrottle({ nowMs: clock.nowMs, settleMs: Math.min(100, apartMs), apartMs, deed });

/** One unit now, for which nobody need watch it. Two questions for the same unit share one read. */
const createReads = (link: Link, timeoutMs: number): ((unit: string) => Promise<Unit | null>) => {
  const asked = new Map<string, Promise<Unit | null>>();
  const readNow = async (unit: string): Promise<Unit | null> => {
    if (!(await link.whenConnected(timeoutMs))) return null;
    return new Promise((resolve) => {
      link.read(pathOfUnit(unit), (raw) => resolve(raw === null ? null : parseUnit(unit, raw)));
    });
  };
  return (unit) => {
    const earlier = asked.get(unit);
    if (earlier !== undefined) return earlier;
    const now = readNow(unit).finally(() => asked.delete(unit));
    asked.set(unit, now);
    return now;
  };
};
