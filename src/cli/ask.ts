/** The commands that ask the daemon for something: one request, one sentence back, an exit status. */
import { cleanText } from '../markup/clean.ts';
import { messageOf, readReply } from './answer.ts';
import { createClient } from './client.ts';
import { exitStatus, type Io } from './io.ts';

export interface AskOptions {
  readonly socket: string;
  readonly json?: boolean;
  /** How long the daemon may take; the client's usual time when absent. */
  readonly timeoutMs?: number;
}

/** Puts the request to the daemon and tells the operator what it said. */
export async function askDaemon(path: string, body: object, options: AskOptions, io: Io): Promise<number> {
  const { timeoutMs } = options;
  const reply = await createClient(options.socket, timeoutMs === undefined ? {} : { timeoutMs }).post(path, body);
  if (options.json === true && reply.reached) io.out(reply.text.endsWith('\n') ? reply.text : `${reply.text}\n`);
  const quiet = options.json === true && reply.reached ? { ...io, err: () => {} } : io;
  const read = readReply<object>(reply, (value): value is object => messageOf(value) !== null, quiet);
  if (!read.ok) return read.status;
  if (options.json !== true) io.out(`${cleanText(messageOf(read.value) ?? '', 1_000)}\n`);
  return exitStatus.fine;
}
