/**
 * The only logger: a line per transition, none per look. A static sentence, the data in fields, the reason code that metrics and status
 * use too. Written asynchronously, so that a stuck journal never holds the loop up.
 */
import { type Logger, pino } from 'pino';

export type Log = Pick<Logger, 'info' | 'warn' | 'error'> & { close(): void };

const redacted = ['*.authorization', '*.token', '*.password', '*.key'];

export function createLog(): Log {
  const destination = pino.destination({ dest: 1, sync: false });
  const logger = pino({ base: null, redact: redacted, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return {
    info: logger.info.bind(logger),
    warn: logger.warn.bind(logger),
    error: logger.error.bind(logger),
    close: () => destination.flushSync(),
  };
}
