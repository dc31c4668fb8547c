/**
 * The only logger: a line per transition, none per look. A static sentence, the data in fields, the reason code that metrics and status
 * use too. Written asynchronously, so that a stuck journal never holds the loop up.
 */
import { type Logger, pino } from 'pino';
import { type Reason, reasons } from './core/reason.ts';
import type { Transition } from './core/transition.ts';

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

const sentences: Readonly<Record<Transition['type'], string>> = {
  'component.phase': 'component changed phase',
  'component.restarted': 'component was restarted',
  'incident.opened': 'incident opened',
  'incident.closed': 'incident closed',
  'action.begun': 'action begun',
  'action.ended': 'action ended',
  'action.deferred': 'action deferred',
  'node.ready': 'node readiness changed',
  'node.changed': 'node changed',
  'pause.changed': 'pause changed',
};

/** One line for one transition, at the severity of its reason; what a recovery says is never worse than `info`. */
export function logTransition(log: Log, transition: Transition): void {
  const reason: Reason = transition.reason;
  const { severity, meaning } = reasons[reason];
  log[severity]({ ...transition, meaning }, sentences[transition.type]);
}
