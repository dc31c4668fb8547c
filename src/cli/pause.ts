/** `nodemend pause [COMPONENT] --for 30m --reason TEXT`: hands off, with an end. */
import { type AskOptions, askDaemon } from './ask.ts';
import type { Io } from './io.ts';

export interface PauseOptions extends AskOptions {
  /** The whole node when absent. */
  readonly component?: string | undefined;
  readonly for: string;
  readonly reason: string;
}

export function pause(options: PauseOptions, io: Io): Promise<number> {
  const { component = null, for: forText, reason } = options;
  return askDaemon('/api/v1/pause', { component, for: forText, reason }, options, io);
}
