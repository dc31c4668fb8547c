/** `nodemend alert test [TARGET]`: sends a test message and tells whether it arrived. */
import { type AskOptions, askDaemon } from './ask.ts';
import type { Io } from './io.ts';

/** Every target has half a minute at most. */
const timeoutMs = 40_000;

export function alertTest(options: AskOptions & { readonly target: string | null }, io: Io): Promise<number> {
  return askDaemon('/api/v1/alert-test', { target: options.target }, { ...options, timeoutMs }, io);
}
