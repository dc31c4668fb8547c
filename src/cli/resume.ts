/** `nodemend resume [COMPONENT]`: ends a pause. */
import { type AskOptions, askDaemon } from './ask.ts';
import type { Io } from './io.ts';

export interface ResumeOptions extends AskOptions {
  /** The whole node when absent. */
  readonly component?: string | undefined;
}

export function resume(options: ResumeOptions, io: Io): Promise<number> {
  return askDaemon('/api/v1/resume', { component: options.component ?? null }, options, io);
}
