/**
 * One look at an instance of the scheduler or the controller manager: /healthz, which everybody may ask, and the metric that says whether it leads, which
 * takes an account. Their certificates are their own, so nothing secret is sent to another machine: client certificates tell no secret, tokens would.
 */
import type { InstanceLook } from '../../core/leaders/messages.ts';
import type { InstanceSeen } from '../../core/leaders/state.ts';
import type { Tls } from '../http/exchange.ts';
import { type PageAnswer, readPage } from '../http/page.ts';
import type { Accounts } from '../kubernetes/accounts.ts';
import { cleanDetail } from '../probe/detail.ts';

const mostHealthBytes = 65_536;
/** A scheduler's page of a large cluster is about 2 MiB. */
const mostMetricBytes = 16 * 1_048_576;

/** The value of leader_election_master_status of this election; null when the page has none. */
export function parseLeads(page: string, lease: string): boolean | null {
  for (const line of page.split('\n')) {
    const [, name, value] = /^leader_election_master_status\{(?:[^}]*,)?name="([^"]*)"[^}]*\} ([01])$/.exec(line) ?? [];
    if (name === lease) return value === '1';
  }
  return null;
}

function healthOf(answer: PageAnswer): Pick<InstanceSeen, 'health' | 'detail'> {
  if (!answer.ok) {
    const { verdict, reason, detail } = answer.why;
    return { health: verdict, detail: cleanDetail(`${reason} ${detail}`) };
  }
  const { status, body } = answer.reply;
  if (status === 200) return { health: 'healthy', detail: '' };
  const denied = status === 401 || status === 403;
  return { health: denied ? 'unknown' : 'unhealthy', detail: cleanDetail(`${status}: ${body}`) };
}

export async function lookAtInstance(
  { url, lease, kubeconfig, timeoutMs }: InstanceLook,
  accounts: Accounts,
  nowMs: () => number,
): Promise<InstanceSeen> {
  const startedAtMs = nowMs();
  const access = await accounts.access(kubeconfig);
  const { cert, key, authorization } = typeof access === 'string' ? {} : access;
  const tls: Tls = { insecure: true, ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
  const isLocal = /^(127\.|\[::1\]$|localhost$)/.test(new URL(url).hostname);
  const account = isLocal && authorization !== undefined ? { authorization } : {};
  const ask = (path: string, maxBytes: number) =>
    readPage({ url: new URL(path, url).href, tls, ...account, maxBytes, timeoutMs });
  const { health, detail } = healthOf(await ask('/healthz', mostHealthBytes));
  if (health !== 'healthy') return { health, detail, leads: null, startedAtMs };
  const metrics = await ask('/metrics', mostMetricBytes);
  const told = metrics.ok && metrics.reply.status === 200 ? parseLeads(metrics.reply.body, lease) : null;
  return { health, detail, leads: told, startedAtMs };
}
