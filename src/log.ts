/**
 * The only logger: a line per transition, none per look. The data in fields, the reason code that metrics and status use too. Written
 * asynchronously, so that a stuck journal never holds the loop up; what a journal does not take is lost, never the agent.
 */
import { fstatSync } from 'node:fs';
import { type Logger, pino } from 'pino';

export type Log = Pick<Logger, 'info' | 'warn' | 'error'> & {
  /** Resolves once all is written, or after a second. */
  close(): Promise<void>;
};

/** Takes whole lines and hands those back that the journal's own socket refuses. */
export type OpenJournal = (refused: (line: string) => void) => {
  write(line: string): void;
  written(): Promise<void>;
};

export interface LogPlace {
  readonly descriptor?: number;
  /** systemd's word for the device and inode of the stream that goes to the journal, see systemd.exec(5). */
  readonly journalStream?: string | undefined;
  /** null: lines go to the journal through the stream, with a priority and without fields. */
  readonly openJournal?: OpenJournal | null;
}

const redacted = ['*.authorization', '*.token', '*.password', '*.key'];
/** What waits for a stuck reader; beyond this lines are dropped. */
const mostWaitingBytes = 1_048_576;
const closeMs = 1_000;

/** The priorities of syslog for pino's levels: error, warning, info. */
const priorities: Readonly<Record<string, string>> = { '50': '<3>', '40': '<4>', '30': '<6>' };

function isJournal(descriptor: number, stream: string | undefined): boolean {
  const { dev, ino } = fstatSync(descriptor);
  return stream === `${dev}:${ino}`;
}

/** The line with the prefix that journald reads as its priority and takes off (sd-daemon(3)). */
function prioritized(line: string): string {
  return (priorities[/^\{"level":(\d+)/.exec(line)?.[1] ?? ''] ?? '') + line;
}

export function createLog(place: LogPlace = {}): Log {
  const { descriptor = 1, journalStream = process.env['JOURNAL_STREAM'], openJournal = null } = place;
  const destination = pino.destination({ dest: descriptor, sync: false, maxLength: mostWaitingBytes });
  // A full disk or a closed pipe behind standard output: there is no better place to say so.
  destination.on('error', () => undefined);
  const stream = { write: (line: string) => void destination.write(prioritized(line)) };
  const toJournal = isJournal(descriptor, journalStream);
  const journal = toJournal ? (openJournal?.(stream.write) ?? null) : null;
  const logger = pino(
    { base: null, redact: redacted, timestamp: pino.stdTimeFunctions.isoTime },
    journal ?? (toJournal ? stream : destination),
  );
  return {
    info: logger.info.bind(logger),
    warn: logger.warn.bind(logger),
    error: logger.error.bind(logger),
    close: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, closeMs);
      destination.once('close', () => resolve());
      if (journal === null) destination.end();
      else void journal.written().then(() => destination.end());
      await promise;
      clearTimeout(timer);
      // What is left would be written once more at the exit, and wait there.
      destination.destroy();
    },
  };
}
