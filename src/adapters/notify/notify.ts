/**
 * What systemd is told of ourselves. sd_notify: through the descriptor that systemd has opened for us, or else the systemd-notify program, because Node makes no datagram
 * sockets itself. Outside of systemd it does nothing. One message is under way at a time; a watchdog message that would have to wait is left
 * out: the next one is near. The end waits for nobody.
 */
import type { runCommand } from '../exec/run.ts';
import { findDescriptor, writeDatagram } from './descriptor.ts';

const program = '/usr/bin/systemd-notify';
const systemctl = '/usr/bin/systemctl';
const timeoutMs = 5_000;
/** systemd waits 15 s for us to end, and knows that we do: it has told us to. */
const stoppingMs = 1_000;

export interface Notify {
  ready(): Promise<void>;
  watchdog(): Promise<void>;
  stopping(): Promise<void>;
  /** How often the watchdog wants to hear of us: half of what systemd allows; null when it does not ask. */
  readonly watchdogEveryMs: number | null;
}

/** How long a start has to last before the ones that did not are forgotten. */
const usualLastsMs = 10_000;

export interface NotifyParts {
  readonly run: typeof runCommand;
  readonly env: NodeJS.ProcessEnv;
  readonly pid: number;
  /** For tests. */
  readonly write?: typeof writeDatagram;
  readonly lastsMs?: number;
}

export function createNotify(parts: NotifyParts): Notify {
  const { run, env, pid, write = writeDatagram, lastsMs = usualLastsMs } = parts;
  const descriptor = findDescriptor(env, pid, 'notify');
  const usec = Number(env['WATCHDOG_USEC'] ?? '');
  const socket = env['NOTIFY_SOCKET'] ?? '';
  const silent = socket === '';
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  let lasting: NodeJS.Timeout | null = null;

  async function send(message: string, withinMs: number): Promise<void> {
    if (silent || (descriptor !== null && (await write(descriptor, message)))) return;
    await run([program, message], { timeoutMs: withinMs, maxBytes: 1_024, env: { NOTIFY_SOCKET: socket } });
  }

  async function queue(message: string): Promise<void> {
    waiting += 1;
    last = last.then(async () => {
      await send(message, timeoutMs);
      waiting -= 1;
    });
    await last;
  }

  /**
   * systemd waits longer before each further start of ours (RestartSteps=) and by itself never begins anew: after nine ends in a year the
   * next would keep us away for as long as after nine in a minute.
   */
  async function forgetEnds(): Promise<void> {
    const unit = env['NODEMEND_UNIT'] ?? '';
    if (unit !== '') await run([systemctl, '--no-ask-password', 'reset-failed', unit], { timeoutMs, maxBytes: 1_024 });
  }

  return {
    ready: async () => {
      await queue('READY=1');
      lasting = setTimeout(() => void forgetEnds(), lastsMs).unref();
    },
    watchdog: async () => (waiting === 0 ? queue('WATCHDOG=1') : undefined),
    stopping: () => {
      if (lasting !== null) clearTimeout(lasting);
      return send('STOPPING=1', stoppingMs);
    },
    watchdogEveryMs: !silent && usec > 0 ? usec / 2_000 : null,
  };
}
