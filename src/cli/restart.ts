/** `nodemend restart COMPONENT`: through the same machinery as a repair, with intent, evidence and verification. */
import { type AskOptions, askDaemon } from './ask.ts';
import type { Io } from './io.ts';

export interface RestartOptions extends AskOptions {
  readonly component: string;
}

export function restart(options: RestartOptions, io: Io): Promise<number> {
  return askDaemon('/api/v1/restart', { component: options.component }, options, io);
}
