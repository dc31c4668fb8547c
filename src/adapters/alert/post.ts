/** A JSON document posted to an address, with a bearer token and a CA of its own. What the reply says decides whether it is worth another try. */
import type { SendResult } from '../../core/alert/event.ts';
import { readCredential } from '../http/credentials.ts';
import { exchange, type Reply } from '../http/exchange.ts';
import { findAddresses } from '../probe/address.ts';
import { cleanDetail } from '../probe/detail.ts';
import { conceal } from './secret.ts';

export interface Post {
  readonly url: string;
  readonly token: string | null;
  readonly ca: string | null;
  readonly body: string;
  readonly signal: AbortSignal;
}

const mostReplyBytes = 4_096;
/** Of the refusals these are about now, not about the message: too slow, too early, too many; and a token that may be renewed. */
const passing: readonly number[] = [401, 403, 407, 408, 425, 429];

export function judgeReply({ status, statusText, body }: Reply): Omit<SendResult, 'detail'> & { detail: string } {
  if (status >= 200 && status < 300) return { ok: true, final: false, detail: '' };
  const final = status >= 400 && status < 500 && !passing.includes(status);
  return { ok: false, final, detail: `${status} ${statusText}: ${body.trim()}` };
}

/** Rejects with Node's errors. */
export async function postJson({ url, token, ca, body, signal }: Post): Promise<SendResult> {
  const tell = (): void => undefined;
  const authority = await readCredential('CA file', ca, { signal, tell });
  const tls = { insecure: false, ...(authority !== undefined && { ca: authority }) };
  const lookup = await findAddresses(new URL(url).hostname, { signal, tell });
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...(token !== null && { authorization: `Bearer ${token}` }),
  };
  const reply = await exchange({
    url,
    socket: null,
    tls,
    lookup,
    maxBytes: mostReplyBytes,
    signal,
    post: { body, headers },
  });
  const judged = judgeReply(reply);
  return { ...judged, detail: cleanDetail(conceal(judged.detail, [token])) };
}
