/** The step of the checks of API servers: takes one event in, turns the rotation, asks for the looks that are due. It only looks: nothing is ever done. */
import type { Action } from '../action.ts';
import type { Event } from '../event.ts';
import type { Transition } from '../transition.ts';
import type { ApiServersPolicy } from './policy.ts';
import { observeServer, rotate } from './rotation.ts';
import { type ApiServers, initialServer, noApiServers, type Server } from './state.ts';

export interface ApiServersStep {
  readonly apiservers: ApiServers;
  readonly actions: readonly Action[];
  readonly transitions: readonly Transition[];
  readonly wakeAtMs: number | null;
}

/** Later than wished for by so much, and nobody looked meanwhile (S13). */
const gapMs = 2_000;
const findEveryMs = 30_000;
/** How long after its deadline a look may still report before it is given up for lost. */
const lostAfterMs = 5_000;

/** Those that are still named go on as they are. */
function named(before: ApiServers, urls: readonly string[], nowMs: number): ApiServers['byUrl'] {
  return Object.fromEntries(urls.map((url) => [url, before.byUrl[url] ?? initialServer(url, nowMs)]));
}

function load(before: ApiServers, policy: ApiServersPolicy | null, nowMs: number): ApiServers {
  if (policy === null) return noApiServers;
  if (JSON.stringify(policy) === JSON.stringify(before.policy)) return before;
  return { ...noApiServers, policy, byUrl: named(before, policy.urls, nowMs), findAtMs: nowMs };
}

function take(before: ApiServers, event: Event, nowMs: number): ApiServers {
  const { policy } = before;
  if (event.type === 'agent.started') return noApiServers;
  if (event.type === 'apiservers.loaded') return load(before, event.policy, nowMs);
  if (policy === null) return before;
  if (event.type === 'apiservers.found') {
    const urls = event.urls === null ? Object.keys(before.byUrl) : [...new Set([...policy.urls, ...event.urls])];
    return { ...before, byUrl: named(before, urls, nowMs), findAtMs: nowMs + findEveryMs, findingSinceMs: null };
  }
  const server = event.type === 'apiserver.observed' ? before.byUrl[event.url] : undefined;
  if (event.type !== 'apiserver.observed' || server === undefined) return before;
  const looked = { ...server, dueAtMs: nowMs + policy.everyMs, lookingSinceMs: null };
  return { ...before, byUrl: { ...before.byUrl, [event.url]: observeServer(looked, event.seen, policy) } };
}

/** Looks in a row are so no more when time was lost between them. */
function forget(before: ApiServers): ApiServers {
  const servers = Object.values(before.byUrl).map((server) => [server.url, { ...server, against: 0 }] as const);
  return { ...before, byUrl: Object.fromEntries(servers) };
}

const serverDueAtMs = ({ lookingSinceMs, dueAtMs }: Server, { timeoutMs }: ApiServersPolicy): number =>
  lookingSinceMs === null ? dueAtMs : lookingSinceMs + 2 * timeoutMs + lostAfterMs;

const findDueAtMs = ({ findingSinceMs, findAtMs }: ApiServers, { timeoutMs }: ApiServersPolicy): number =>
  findingSinceMs === null ? findAtMs : findingSinceMs + timeoutMs + lostAfterMs;

function turn(state: ApiServers, nowMs: number, transitions: Transition[]): ApiServers {
  const turned = rotate(Object.values(state.byUrl), nowMs);
  for (const { server, changed } of turned) {
    const { url, rotates, reason, seen } = server;
    if (changed)
      transitions.push({ type: 'apiserver.rotation', server: url, rotates, reason, detail: seen?.detail ?? '' });
  }
  return { ...state, byUrl: Object.fromEntries(turned.map(({ server }) => [server.url, server])) };
}

function askIfDue(state: ApiServers, policy: ApiServersPolicy, nowMs: number, actions: Action[]): ApiServers {
  const { kubeconfig, ca, insecure, timeoutMs } = policy;
  const servers = Object.values(state.byUrl).map((server) => {
    if (nowMs < serverDueAtMs(server, policy)) return [server.url, server] as const;
    actions.push({ type: 'apiserver.look', url: server.url, kubeconfig, ca, insecure, timeoutMs });
    return [server.url, { ...server, lookingSinceMs: nowMs }] as const;
  });
  const finds = policy.find && kubeconfig !== null && nowMs >= findDueAtMs(state, policy);
  if (finds) actions.push({ type: 'apiservers.find', kubeconfig, timeoutMs });
  const findingSinceMs = finds ? nowMs : state.findingSinceMs;
  return { ...state, byUrl: Object.fromEntries(servers), findingSinceMs };
}

const heard: ReadonlySet<Event['type']> = new Set<Event['type']>([
  'agent.started',
  'apiservers.loaded',
  'apiservers.found',
  'apiserver.observed',
  'tick',
]);

export function stepApiServers(before: ApiServers, event: Event, nowMs: number): ApiServersStep {
  if (!heard.has(event.type)) return { apiservers: before, actions: [], transitions: [], wakeAtMs: before.wakeAtMs };
  const late = before.wakeAtMs !== null && nowMs >= before.wakeAtMs + gapMs;
  const taken = take(late ? forget(before) : before, event, nowMs);
  const { policy } = taken;
  if (policy === null) return { apiservers: taken, actions: [], transitions: [], wakeAtMs: null };
  const actions: Action[] = [];
  const transitions: Transition[] = [];
  const asked = askIfDue(turn(taken, nowMs, transitions), policy, nowMs, actions);
  const wishes = Object.values(asked.byUrl).map((server) => serverDueAtMs(server, policy));
  if (policy.find && policy.kubeconfig !== null) wishes.push(findDueAtMs(asked, policy));
  const wakeAtMs = wishes.length === 0 ? null : Math.min(...wishes);
  return { apiservers: { ...asked, wakeAtMs }, actions, transitions, wakeAtMs };
}
