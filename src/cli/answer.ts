/** What a command makes of a reply: the value in it, or an exit status after one sentence on standard error. */
import { cleanText } from '../markup/clean.ts';
import type { Reply } from './client.ts';
import { exitStatus, type Io } from './io.ts';

export type Read<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly status: number };

/**
 * The JSON object of a good reply if `isIt` says that it is one; else the trouble is told and its exit status returned.
 * The daemon is of the same version as the command, so no more than the outer shape is looked at.
 */
export function readReply<Value>(reply: Reply, isIt: (value: object) => value is Value & object, io: Io): Read<Value> {
  if (!reply.reached) {
    io.err(`${cleanText(reply.message, 500)}\n`);
    return { ok: false, status: exitStatus.unreachable };
  }
  const value = parseObject(reply.text);
  if (reply.status >= 400) {
    io.err(`${cleanText(messageOf(value) ?? reply.text, 1_000)}\n`);
    return { ok: false, status: reply.status === 400 || reply.status === 404 ? exitStatus.usage : exitStatus.no };
  }
  if (value === null || !isIt(value)) {
    io.err('the answer is not understood: is the daemon of another version than this command? restart it\n');
    return { ok: false, status: exitStatus.unreachable };
  }
  return { ok: true, value };
}

/** An answer to a request as the daemon puts it. */
export function messageOf(value: object | null): string | null {
  return value !== null && 'message' in value && typeof value.message === 'string' ? value.message : null;
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    // Plain text is an answer too: the caller shows it as it is.
    return null;
  }
}
