/**
 * etcd's own word on its health, without its peers': the read is serializable, so a member that has lost its leader still answers. Quorum
 * is nothing that a restart of this member mends. Answers are {"health":"true"} and, with 503, {"health":"false","reason":TEXT}.
 */
import { readCredential } from '../http/credentials.ts';
import { exchange, type Reply } from '../http/exchange.ts';
import { judgeStatus } from '../http/look.ts';
import { findAddresses } from '../probe/address.ts';
import { type Finding, finding } from '../probe/finding.ts';
import type { Look } from '../probe/look.ts';

const mostBytes = 64 * 1024;

interface Health {
  readonly health: boolean;
  readonly reason: string;
}

/** Null when the body is not what etcd says at /health. Old members say a boolean, newer ones the word. */
export function parseHealth(body: string): Health | null {
  try {
    const said: unknown = JSON.parse(body);
    if (typeof said !== 'object' || said === null || !('health' in said)) return null;
    const reason = 'reason' in said && typeof said.reason === 'string' ? said.reason : '';
    const health = String(said.health);
    return health === 'true' || health === 'false' ? { health: health === 'true', reason } : null;
  } catch {
    // Not JSON: said by the null.
    return null;
  }
}

function judge(reply: Reply): Finding {
  const said = parseHealth(reply.body);
  if (said !== null && !said.health) return finding('probe.not-ready', said.reason || 'etcd says health false');
  if (reply.status !== 200) return judgeStatus(reply, [200]);
  if (said === null) return finding('probe.bad-reply', `no health in: ${reply.body}`);
  return finding('probe.ok', 'health true');
}

/** A URL with a path of its own is asked as it is. */
export function healthUrl(url: string): string {
  const parsed = new URL(url);
  return parsed.pathname === '/' ? new URL('/health?serializable=true', parsed).href : parsed.href;
}

export const lookHealth: Look<'etcd'> = async (target, context) => {
  const ca = await readCredential('CA file', target.ca, context);
  const cert = await readCredential('certificate', target.cert, context);
  const key = await readCredential('key', target.key, context);
  const url = healthUrl(target.url);
  const lookup = await findAddresses(new URL(url).hostname, context);
  const tls = {
    insecure: false,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
  return judge(await exchange({ url, socket: null, tls, lookup, maxBytes: mostBytes, signal: context.signal }));
};
