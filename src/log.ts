/**
 * The only logger: a line per transition, none per look. A static sentence, the data in fields, the reason code that metrics and status
 * use too. Written asynchronously, so that a stuck journal never holds the loop up; what a journal does not take is lost, never the agent.
 */
import { fstatSync } from 'node:fs';
import { type Logger, pino } from 'pino';

export type Log = Pick<Logger, 'info' | 'warn' | 'error'> & {
  /** Resolves once all is written, or after a second. */
  close(): Promise<void>;
};

const redacted = ['*.authorization', '*.token', '*.password', '*.key'];
/** What waits for a stuck journal; beyond this lines are dropped. */
const mostWaitingBytes = 1_048_576;
const closeMs = 1_000;

/** The priorities of syslog for pino's levels: error, warning, info. */
const priorities: Readonly<Record<string, string>> = { '50': '<3>', '40': '<4>', '30': '<6>' };

/** Whether a stream goes to the journal: systemd names its device and inode (systemd.exec(5), JOURNAL_STREAM). */
function isJournal(descriptor: number, stream: string | undefined): boolean {
  const { dev, ino } = fstatSync(descriptor);
  return stream === `${dev}:${ino}`;
}

/** The line with the prefix that journald reads as its priority and takes off (sd-daemon(3)). */
function prioritized(line: string): string {
  return (priorities[/^\{"level":(\d+)/.exec(line)?.[1] ?? ''] ?? '') + line;
}

export function createLog(descriptor = 1, journalStream = process.env['JOURNAL_STREAM']): Log {
  const destination = pino.destination({ dest: descriptor, sync: false, maxLength: mostWaitingBytes });
  // A full disk or a closed pipe behind standard output: there is no better place to say so.
  destination.on('error', () => undefined);
  const stream = isJournal(descriptor, journalStream)
    ? { write: (line: string) => void destination.write(prioritized(line)) }
    : destination;
  const logger = pino({ base: null, redact: redacted, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  return {
    info: logger.info.bind(logger),
    warn: logger.warn.bind(logger),
    error: logger.error.bind(logger),
    close: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, closeMs);
      destination.once('close', () => resolve());
      destination.end();
      await promise;
      clearTimeout(timer);
      // What is left would be written once more at the exit, and wait there.
      destination.destroy();
    },
  };
}
