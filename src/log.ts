/**
 * The only logger: a line per transition, none per look. A static sentence, the data in fields, the reason code that metrics and status
 * use too. Written asynchronously, so that a stuck journal never holds the loop up; what a journal does not take is lost, never the agent.
 */
import { type Logger, pino } from 'pino';

export type Log = Pick<Logger, 'info' | 'warn' | 'error'> & {
  /** Resolves once all is written, or after a second. */
  close(): Promise<void>;
};

const redacted = ['*.authorization', '*.token', '*.password', '*.key'];
/** What waits for a stuck journal; beyond this lines are dropped. */
const mostWaitingBytes = 1_048_576;
const closeMs = 1_000;

export function createLog(descriptor = 1): Log {
  const destination = pino.destination({ dest: descriptor, sync: false, maxLength: mostWaitingBytes });
  // A full disk or a closed pipe behind standard output: there is no better place to say so.
  destination.on('error', () => undefined);
  const logger = pino({ base: null, redact: redacted, timestamp: pino.stdTimeFunctions.isoTime }, destination);
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
