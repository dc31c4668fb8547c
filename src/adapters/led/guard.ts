/**
 * The process between `elect` and its command. It ends the command when its time is over, whatever has become of `elect` meanwhile: frozen, it sends no
 * longer time; killed, it closes the channel. The command has a process group of its own, which is ended as a whole.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { News, Order, Span } from './messages.ts';

/** The longest a timer of Node's can wait. */
const longestMs = 2 ** 31 - 1;

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

function at(atMs: number, work: () => void): () => void {
  const timer = setTimeout(work, Math.min(longestMs, Math.max(0, Math.ceil(atMs - nowMs()))));
  return () => clearTimeout(timer);
}

/** Of ours, where compiled code is kept; not the command's. */
const { NODE_COMPILE_CACHE: _ours, ...inherited } = process.env;

interface Guard {
  take(order: Order): void;
  /** Ends the command as the span has it that was told last. Resolves once there is none. */
  end(): Promise<void>;
}

function createGuard([program = '', ...parameters]: readonly string[], tell: (news: News) => void): Guard {
  let child: ChildProcess | null = null;
  let span: Span = { endAtMs: 0, goneByMs: 0 };
  let asked = false;
  let disarm = (): void => undefined;
  let gone = Promise.withResolvers<void>();

  function signal(name: 'SIGTERM' | 'SIGKILL'): void {
    if (child?.pid === undefined) return;
    asked = true;
    try {
      process.kill(-child.pid, name);
    } catch {
      // Its group has ended by itself.
    }
  }

  function hold(next: Span): void {
    disarm();
    span = next;
    const stops = [at(span.endAtMs, () => signal('SIGTERM')), at(span.goneByMs, () => signal('SIGKILL'))];
    disarm = () => {
      for (const stop of stops) stop();
    };
  }

  function ended(exitCode: number | null, by: NodeJS.Signals | null): void {
    const wasAsked = asked;
    // What it has left behind in its group would act for a leader that there is no more.
    signal('SIGKILL');
    disarm();
    child = null;
    tell({ type: 'ended', exitCode, signal: by, asked: wasAsked });
    gone.resolve();
  }

  function run({ env, span: first }: Extract<Order, { type: 'run' }>): void {
    if (child !== null) {
      tell({ type: 'failed', why: 'the last one has not ended' });
      return;
    }
    asked = false;
    const started = spawn(program, parameters, { detached: true, stdio: 'inherit', env: { ...inherited, ...env } });
    started.once('error', (error: NodeJS.ErrnoException) => {
      if (started.pid === undefined) tell({ type: 'failed', why: error.code ?? error.message });
    });
    if (started.pid === undefined) return;
    child = started;
    gone = Promise.withResolvers<void>();
    started.once('exit', ended);
    hold(first);
    tell({ type: 'begun', pid: started.pid });
  }

  const end = (goneByMs: number): void => {
    if (child !== null) hold({ endAtMs: 0, goneByMs: Math.min(goneByMs, span.goneByMs) });
  };

  return {
    take: (order) => {
      if (order.type === 'run') run(order);
      else if (order.type === 'end') end(order.goneByMs);
      else if (child !== null) hold(order.span);
    },
    end: async () => {
      end(span.goneByMs);
      if (child !== null) await gone.promise;
    },
  };
}

/** Resolves to the exit status once `elect` has closed the channel, or is gone, and the command as well. */
export async function guardCommand(argv: readonly string[]): Promise<number> {
  // By hand: there is nobody to guard for.
  if (!process.connected) return 2;
  // Sent to all of a unit or a terminal; what becomes of the command `elect` decides.
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined);
  const { take, end } = createGuard(argv, (news) => {
    if (process.connected) process.send?.(news);
  });
  process.on('message', take);
  await new Promise((alone) => process.once('disconnect', alone));
  await end();
  return 0;
}
