/**
 * sd_notify through the systemd-notify program, because Node has no datagram sockets. Outside of systemd it does nothing. One message is under way
 * at a time; a watchdog message that cannot be sent is not repeated: the watchdog is there to notice.
 */
import type { runCommand } from '../exec/run.ts';

const program = '/usr/bin/systemd-notify';
const timeoutMs = 5_000;

export interface Notify {
  ready(): Promise<void>;
  watchdog(): Promise<void>;
  stopping(): Promise<void>;
  /** How often the watchdog wants to hear of us: half of what systemd allows; null when it does not ask. */
  readonly watchdogEveryMs: number | null;
}

export function createNotify(run: typeof runCommand, env: NodeJS.ProcessEnv): Notify {
  const usec = Number(env['WATCHDOG_USEC'] ?? '');
  const socket = env['NOTIFY_SOCKET'] ?? '';
  const silent = socket === '';
  let sending: Promise<void> | null = null;

  async function send(...words: string[]): Promise<void> {
    if (silent || sending !== null) return sending ?? undefined;
    sending = run([program, ...words], {
      timeoutMs,
      maxBytes: 1_024,
      env: { NOTIFY_SOCKET: socket },
    }).then(() => undefined);
    await sending;
    sending = null;
  }

  return {
    ready: () => send('--ready'),
    watchdog: () => send('WATCHDOG=1'),
    stopping: () => send('--stopping'),
    watchdogEveryMs: !silent && usec > 0 ? usec / 2_000 : null,
  };
}
