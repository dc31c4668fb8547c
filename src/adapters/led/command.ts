/**
 * The command of `elect`, in the hands of a guard (guard.ts), which is a process of its own: it ends the command also when this one is frozen or killed.
 * The other way round this one ends the command when the guard does not, or is gone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { News, Order, Span } from './messages.ts';

/** How the command has ended without having been told to. */
export type End =
  | {
      readonly type: 'ended';
      /** Its exit status; 128 and the signal's number when a signal ended it, as shells count. */
      readonly status: number;
      /** It was sent a signal, by the guard alone or for `end`. */
      readonly asked: boolean;
    }
  /** The guard is gone; what it ran was killed. */
  | { readonly type: 'unguarded' };

export interface LedCommand {
  /** Resolves to why it could not be started, or null. */
  begin(env: Readonly<Record<string, string>>, span: Span): Promise<string | null>;
  /** It may go on for so long. */
  hold(span: Span): void;
  /** SIGTERM now, SIGKILL when it has to be gone. Resolves when it is, or a little after the time. */
  end(goneByMs: number): Promise<void>;
  /** Lets the guard go. */
  close(): void;
}

export interface LedCommandParts {
  /** What is run by this Node to become the guard, the command's own words at its end. */
  readonly guard: readonly string[];
  readonly ended: (end: End) => void;
  readonly nowMs: () => number;
}

/** The guard is to do it; then we do. */
const graceMs = 100;

const statusOf = ({ exitCode, signal }: Extract<News, { type: 'ended' }>): number =>
  exitCode ?? 128 + (signal === null ? 0 : constants.signals[signal]);

export function createLedCommand({ guard: words, ended, nowMs }: LedCommandParts): LedCommand {
  let closed = false;
  let begun: PromiseWithResolvers<string | null> | null = null;
  let gone: PromiseWithResolvers<void> | null = null;
  let pid: number | null = null;
  const guard: ChildProcess = spawn(process.execPath, words, {
    // Ctrl-C is for us: a terminal would send it to the guard as well.
    detached: true,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });

  function tell(order: Order): void {
    // Of a guard that is gone its end tells.
    if (guard.connected) guard.send(order, () => undefined);
  }

  function kill(): void {
    if (pid === null) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }

  function settle(why: string | null): void {
    begun?.resolve(why);
    begun = null;
    if (why === null) return;
    gone?.resolve();
    gone = null;
    pid = null;
  }

  guard.on('message', (news: News) => {
    if (news.type === 'begun') {
      pid = news.pid;
      settle(null);
    } else if (news.type === 'failed') settle(news.why);
    else {
      settle('it has ended');
      ended({ type: 'ended', status: statusOf(news), asked: news.asked });
    }
  });
  function lose(): void {
    if (closed) return;
    closed = true;
    kill();
    settle('its guard is gone');
    ended({ type: 'unguarded' });
  }
  guard.once('error', lose);
  guard.once('exit', lose);

  return {
    begin: (env, span) => {
      begun = Promise.withResolvers<string | null>();
      gone = Promise.withResolvers<void>();
      tell({ type: 'run', env, span });
      return begun.promise;
    },
    hold: (span) => tell({ type: 'hold', span }),
    end: async (goneByMs) => {
      if (gone === null) return;
      tell({ type: 'end', goneByMs });
      const timer = setTimeout(kill, goneByMs - nowMs() + graceMs);
      const late = Promise.withResolvers<void>();
      const lateTimer = setTimeout(late.resolve, goneByMs - nowMs() + 2 * graceMs);
      await Promise.race([gone.promise, late.promise]);
      clearTimeout(timer);
      clearTimeout(lateTimer);
    },
    close: () => {
      closed = true;
      if (guard.connected) guard.disconnect();
    },
  };
}
