/**
 * One look at an API server: /readyz and /livez, by their status, and where that is bad by the checks that failed. What all API servers share, etcd above
 * all, says nothing against this one.
 */
import type { ServerLook } from '../../core/apiservers/messages.ts';
import type { ServerSeen } from '../../core/apiservers/state.ts';
import type { Tls } from '../http/exchange.ts';
import { type Page, type PageAnswer, readPage } from '../http/page.ts';
import type { Accounts } from '../kubernetes/accounts.ts';
import { cleanDetail } from '../probe/detail.ts';
import { readStart } from '../probe/read-file.ts';

const mostBytes = 65_536;
const mostCaBytes = 1_048_576;

type Told = Omit<ServerSeen, 'startedAtMs' | 'live'>;

/** The names of the checks that failed: lines such as "[-]etcd failed: reason withheld". */
export function failedChecks(body: string): string[] {
  return [...body.matchAll(/^\[-\](\S{1,200}) failed/gm)].map(([, name = '']) => name).slice(0, 100);
}

const isShared = (check: string): boolean => /^(etcd|etcd-readiness|kms-provider.*|kms-providers)$/.test(check);

const denied = (status: number): boolean => status === 401 || status === 403;

/** What a page of /readyz says. */
export function judgeReady(answer: PageAnswer): Told {
  if (!answer.ok) {
    const { verdict, reason, detail } = answer.why;
    const told = cleanDetail(`${reason} ${detail}`);
    if (verdict === 'unknown') return { state: 'unknown', reason: 'apiserver.unknown', detail: told, stopping: false };
    return { state: 'unreachable', reason: 'apiserver.unreachable', detail: told, stopping: false };
  }
  const { status, body } = answer.reply;
  if (status === 200) return { state: 'ready', reason: 'apiserver.ready', detail: '', stopping: false };
  const detail = cleanDetail(`${status}: ${body}`);
  if (denied(status)) return { state: 'unknown', reason: 'apiserver.unknown', detail, stopping: false };
  const failed = failedChecks(body);
  const named = cleanDetail(`${status}: ${failed.join(', ')}`);
  if (failed.includes('shutdown'))
    return { state: 'failing', reason: 'apiserver.stopping', detail: named, stopping: true };
  if (failed.length > 0 && failed.every(isShared))
    return { state: 'impaired', reason: 'apiserver.impaired', detail: named, stopping: false };
  const why = failed.length > 0 ? named : detail;
  return { state: 'failing', reason: 'apiserver.failing', detail: why, stopping: false };
}

/** Whether it lives by /livez; what all share does not count there either. null: it cannot be told. */
export function judgeLive(answer: PageAnswer): boolean | null {
  if (!answer.ok) return answer.why.verdict === 'unknown' ? null : false;
  const { status, body } = answer.reply;
  if (denied(status)) return null;
  const failed = failedChecks(body);
  return status === 200 || (failed.length > 0 && failed.every(isShared));
}

/** Both pages together. */
export function judge(ready: PageAnswer, live: PageAnswer, startedAtMs: number): ServerSeen {
  const told = judgeReady(ready);
  const lives = judgeLive(live);
  if (told.state === 'unreachable' && lives === true)
    return { ...told, state: 'failing', reason: 'apiserver.failing', live: lives, startedAtMs };
  if ((told.state === 'ready' || told.state === 'impaired') && lives === false) {
    const detail = 'it says that it is ready and not that it is alive';
    return { state: 'failing', reason: 'apiserver.failing', detail, stopping: false, live: lives, startedAtMs };
  }
  return { ...told, live: lives, startedAtMs };
}

type Account = Pick<Page, 'tls' | 'authorization'>;

/** A token goes only to a server that has shown who it is. */
async function accountOf({ kubeconfig, ca, insecure }: ServerLook, accounts: Accounts): Promise<Account | string> {
  const access = kubeconfig === null ? null : await accounts.access(kubeconfig);
  if (typeof access === 'string') return access;
  const trusted = ca === null ? access?.ca : await readStart(ca, mostCaBytes).catch((error: Error) => error.message);
  if (typeof trusted === 'string') return `cannot read ${ca}: ${trusted}`;
  const { cert, key, authorization } = access ?? {};
  const tls: Tls = {
    insecure,
    ...(trusted !== undefined && { ca: trusted }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
  return { tls, ...(authorization !== undefined && !insecure && { authorization }) };
}

export async function lookAtServer(look: ServerLook, accounts: Accounts, nowMs: () => number): Promise<ServerSeen> {
  const startedAtMs = nowMs();
  const account = await accountOf(look, accounts);
  if (typeof account === 'string')
    return { state: 'unknown', reason: 'apiserver.unknown', detail: account, stopping: false, live: null, startedAtMs };
  const ask = (path: string) =>
    readPage({ url: new URL(path, look.url).href, ...account, maxBytes: mostBytes, timeoutMs: look.timeoutMs });
  const [ready, live] = await Promise.all([ask('/readyz'), ask('/livez')]);
  return judge(ready, live, startedAtMs);
}
