/** What is known of the API servers. Nothing of this outlives the agent. */
import type { Reason } from '../reason.ts';
import type { ApiServersPolicy } from './policy.ts';

/**
 * ready: /readyz is content. impaired: only what all of them share is at fault, etcd above all. failing: it is at fault itself, or on its way down.
 * unreachable: no answer. unknown: it could not be looked at.
 */
export type ServerState = 'ready' | 'impaired' | 'failing' | 'unreachable' | 'unknown';

/** One look at a server's /livez and /readyz. */
export interface ServerSeen {
  readonly state: ServerState;
  readonly reason: Reason;
  readonly detail: string;
  /** It said that it is about to end: nothing more has to be waited for. */
  readonly stopping: boolean;
  readonly live: boolean | null;
  readonly startedAtMs: number;
}

export interface Server {
  readonly url: string;
  /** Where it stands, with its hysteresis. */
  readonly state: ServerState;
  /** What the last look said. */
  readonly seen: ServerSeen | null;
  /** Looks in a row that said another state than this one's. */
  readonly against: number;
  readonly rotates: boolean;
  readonly reason: Reason;
  readonly sinceMs: number;
  readonly dueAtMs: number;
  readonly lookingSinceMs: number | null;
}

export interface ApiServers {
  readonly policy: ApiServersPolicy | null;
  /** By URL, in the order in which they were named. */
  readonly byUrl: Readonly<Record<string, Server>>;
  readonly findAtMs: number;
  readonly findingSinceMs: number | null;
  readonly wakeAtMs: number | null;
}

export const noApiServers: ApiServers = {
  policy: null,
  byUrl: {},
  findAtMs: 0,
  findingSinceMs: null,
  wakeAtMs: null,
};

/** One that nobody has looked at yet takes part: not to know is no reason to turn traffic away (S4). */
export function initialServer(url: string, nowMs: number): Server {
  return {
    url,
    state: 'unknown',
    seen: null,
    against: 0,
    rotates: true,
    reason: 'apiserver.unknown',
    sinceMs: nowMs,
    dueAtMs: nowMs,
    lookingSinceMs: null,
  };
}
