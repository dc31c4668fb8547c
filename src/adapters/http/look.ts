/**
 * One GET judged by its status. The body is read to its end, because a server that hangs in the middle of it hangs; of a body beyond
 * 64 KiB the rest is not waited for. 401, 403 and 407 that were not expected say that we may not look, not that the component is ill.
 */
import { findAddresses } from '../probe/address.ts';
import { type Finding, finding } from '../probe/finding.ts';
import type { Look } from '../probe/look.ts';
import { readCredential } from './credentials.ts';
import { exchange, type Reply } from './exchange.ts';

const mostBytes = 64 * 1024;
const deniedStatuses: readonly number[] = [401, 403, 407];

const describe = ({ status, statusText, body }: Reply): string => `${status} ${statusText}: ${body.trim()}`;

/** Judges a reply by the statuses that are expected. */
export function judgeStatus(reply: Reply, expect: readonly number[]): Finding {
  if (expect.includes(reply.status)) return finding('probe.ok', `${reply.status} ${reply.statusText}`);
  if (deniedStatuses.includes(reply.status)) return finding('probe.denied', describe(reply));
  return finding('probe.http-status', `${describe(reply)} (expected ${expect.join(', ')})`);
}

export const lookHttp: Look<'http'> = async ({ url, socket, expect, ca, insecure }, context) => {
  const authority = await readCredential('CA file', ca, context);
  const tls = { insecure, ...(authority !== undefined && { ca: authority }) };
  const lookup = socket === null ? { lookup: await findAddresses(new URL(url).hostname, context) } : {};
  const reply = await exchange({ url, socket, tls, ...lookup, maxBytes: mostBytes, signal: context.signal });
  return judgeStatus(reply, expect);
};
