/**
 * Keeps one session up: begins it, has everything read before it counts as connected, and begins the next one after a loss,
 * at first at once, then with growing distance, for ever. Emits bus.connected and bus.lost, each once per change.
 */
import type { Emit } from '../../ports.ts';
import { createSession, type Session, type SessionOptions } from './session.ts';

export interface LinkOptions {
  readonly emit: Emit;
  readonly nowMs: () => number;
  readonly session: Omit<SessionOptions, 'onUp' | 'onLost'>;
  readonly firstRetryMs: number;
  readonly maxRetryMs: number;
  /** The session is introduced; read everything, then call `done` with whether that worked. */
  readonly onUp: (stopping: boolean, done: (all: boolean) => void) => void;
  readonly onLost: () => void;
}

export interface Link {
  open(): void;
  /** As the session does; with none, a call answers `lost` and a read null. */
  call: Session['call'];
  read: Session['read'];
  applyRules(): void;
  isConnected(): boolean;
  /** Resolves true when connected, false when that does not come about in time. */
  whenConnected(timeoutMs: number): Promise<boolean>;
  close(): void;
}

/** A session that lived this long was a good one: the next retry begins small again. */
const goodMs = 5_000;

export const createLink = (options: LinkOptions): Link => {
  const waiting = createWaiting();
  let session: Session | null = null;
  let retry: NodeJS.Timeout | null = null;
  let state: 'closed' | 'new' | 'connected' | 'lost' = 'closed';
  let retryMs = options.firstRetryMs;
  let upAtMs = 0;

  const up = (): void => {
    state = 'connected';
    upAtMs = options.nowMs();
    options.emit({ type: 'bus.connected' });
    waiting.wake(true);
  };
  const lost = (detail: string): void => {
    session = null;
    const wasConnected = state === 'connected';
    const tell = state !== 'lost';
    state = 'lost';
    if (wasConnected && options.nowMs() - upAtMs >= goodMs) retryMs = options.firstRetryMs;
    retry = setTimeout(begin, retryMs);
    retryMs = Math.min(retryMs * 2, options.maxRetryMs);
    options.onLost();
    if (tell) options.emit({ type: 'bus.lost', detail });
  };
  const begin = (): void => {
    const mine = createSession({
      ...options.session,
      onLost: lost,
      onUp: (stopping) =>
        options.onUp(stopping, (all) => {
          if (session !== mine) return;
          if (all) up();
          else mine.fail('cannot read every watched unit');
        }),
    });
    session = mine;
  };
  return {
    open() {
      if (state !== 'closed') return;
      state = 'new';
      begin();
    },
    call: (call, timeoutMs, done) => (session === null ? done({ kind: 'lost' }) : session.call(call, timeoutMs, done)),
    read: (path, done) => (session === null ? done(null) : session.read(path, done)),
    applyRules: () => session?.applyRules(),
    isConnected: () => state === 'connected',
    whenConnected: async (timeoutMs) => state === 'connected' || (state !== 'closed' && waiting.wait(timeoutMs)),
    close() {
      state = 'closed';
      if (retry !== null) clearTimeout(retry);
      session?.close();
      session = null;
      waiting.wake(false);
    },
  };
};

/** Those who wait for the connection, each until its own deadline. */
const createWaiting = () => {
  const waiting = new Set<(connected: boolean) => void>();
  return {
    wait: (timeoutMs: number): Promise<boolean> =>
      new Promise((resolve) => {
        const wake = (connected: boolean): void => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve(connected);
        };
        const timer = setTimeout(() => wake(false), timeoutMs);
        waiting.add(wake);
      }),
    wake(connected: boolean): void {
      for (const wake of [...waiting]) wake(connected);
    },
  };
};
