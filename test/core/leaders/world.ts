/** An election in virtual time: who renews, who answers, and a check that looks at it over a network that takes its time. */
import type { Action } from '../../../src/core/action.ts';
import type { Event } from '../../../src/core/event.ts';
import type { LeaderPolicy } from '../../../src/core/leaders/policy.ts';
import {
  type InstanceSeen,
  type Leader,
  type LeaseRecord,
  type LeaseSeen,
  noLeaders,
} from '../../../src/core/leaders/state.ts';
import { stepLeaders } from '../../../src/core/leaders/step.ts';

export const HERE = 'https://127.0.0.1:10259';

export const policy = (changes: Partial<LeaderPolicy> = {}): LeaderPolicy => ({
  name: 'kube-scheduler',
  namespace: 'kube-system',
  lease: 'kube-scheduler',
  host: 'a',
  kubeconfig: '/etc/kubernetes/scheduler.conf',
  instances: [{ url: HERE, local: true }],
  everyMs: 2_000,
  timeoutMs: 1_500,
  ...changes,
});

export interface World {
  nowMs(): number;
  /** What the Lease says; null: there is none. Changing it is a write of the holder. */
  record: LeaseRecord | null;
  /** Whether the API answers. */
  api: boolean;
  /** How each instance answers, by URL. */
  readonly instances: Record<string, Pick<InstanceSeen, 'health' | 'leads'>>;
  /** How long an answer takes; asked for each. */
  delayMs: () => number;
  /** The holder writes; another one takes over. */
  renew(holder?: string): void;
  at(atMs: number, what: () => void): void;
  /** Lets time pass, to this time. */
  until(atMs: number): void;
  for(spanMs: number): void;
  /** Nobody looks for this long; the world goes on. */
  sleep(spanMs: number): void;
  load(policies: readonly LeaderPolicy[]): void;
  leader(name?: string): Leader;
  /** `verdict`, as they were told, with the time since the beginning in seconds. */
  readonly told: { readonly atMs: number; readonly to: string; readonly detail: string }[];
  /** Called after every step. */
  watch: (leader: Leader) => void;
  readonly looks: Action[];
}

export const record = (holder: string, writes = 0, transitions = 0): LeaseRecord => ({
  holder,
  durationMs: 15_000,
  transitions,
  version: String(writes),
});

export function createWorld(first: LeaderPolicy = policy()): World {
  let leaders = noLeaders;
  let nowMs = 0;
  let asleepUntilMs = 0;
  let writes = 0;
  let queue: { readonly atMs: number; readonly what: () => void }[] = [];

  function step(event: Event): void {
    const stepped = stepLeaders(leaders, event, nowMs);
    leaders = stepped.leaders;
    for (const transition of stepped.transitions)
      if (transition.type === 'leader.changed')
        world.told.push({ atMs: nowMs, to: transition.to, detail: transition.detail });
    for (const action of stepped.actions) perform(action);
    for (const leader of Object.values(leaders.byName)) world.watch(leader);
  }

  function perform(action: Action): void {
    const startedAtMs = nowMs;
    world.looks.push(action);
    const takesMs = world.delayMs();
    if (action.type === 'lease.look') {
      const { check, timeoutMs } = action;
      const late = takesMs > timeoutMs;
      world.at(nowMs + Math.min(takesMs, timeoutMs), () => {
        const known: LeaseSeen = { known: true, record: world.record, startedAtMs };
        const blind: LeaseSeen = { known: false, detail: 'no answer', startedAtMs };
        step({ type: 'lease.observed', check, seen: world.api && !late ? known : blind });
      });
    }
    if (action.type === 'instance.look') {
      const { check, url, timeoutMs } = action;
      const answers = world.instances[url] ?? { health: 'unhealthy', leads: null };
      const late: typeof answers = { health: 'unhealthy', leads: null };
      const seen = { ...(takesMs > timeoutMs ? late : answers), detail: '', startedAtMs };
      world.at(nowMs + Math.min(takesMs, timeoutMs), () => step({ type: 'instance.observed', check, url, seen }));
    }
  }

  function next(untilMs: number): boolean {
    const wakeAtMs = leaders.wakeAtMs === null ? null : Math.max(leaders.wakeAtMs, asleepUntilMs, nowMs);
    const [soonest] = queue.toSorted((a, b) => a.atMs - b.atMs);
    if (soonest !== undefined && soonest.atMs <= untilMs && (wakeAtMs === null || soonest.atMs <= wakeAtMs)) {
      queue = queue.filter((one) => one !== soonest);
      nowMs = Math.max(nowMs, soonest.atMs);
      soonest.what();
      return true;
    }
    if (wakeAtMs === null || wakeAtMs > untilMs) return false;
    nowMs = wakeAtMs;
    step({ type: 'tick' });
    return true;
  }

  const world: World = {
    nowMs: () => nowMs,
    record: record('a_1'),
    api: true,
    instances: { [HERE]: { health: 'healthy', leads: true } },
    delayMs: () => 20,
    renew: (holder) => {
      writes += 1;
      const before = world.record?.holder ?? '';
      const transitions = world.record?.transitions ?? 0;
      const to = holder ?? before;
      world.record = record(to, writes, to === before ? transitions : transitions + 1);
    },
    at: (atMs, what) => void queue.push({ atMs, what }),
    until: (atMs) => {
      while (next(atMs)) {
        // Each turn is one thing that happens.
      }
      nowMs = Math.max(nowMs, atMs);
    },
    for: (spanMs) => world.until(nowMs + spanMs),
    sleep: (spanMs) => {
      asleepUntilMs = nowMs + spanMs;
      world.for(spanMs);
    },
    load: (policies) => step({ type: 'leaders.loaded', policies }),
    leader: (name = 'kube-scheduler') => {
      const found = leaders.byName[name];
      if (found === undefined) throw new Error(`there is no check ${name}`);
      return found;
    },
    told: [],
    watch: () => undefined,
    looks: [],
  };
  world.load([first]);
  return world;
}

/** Renews now and every two seconds from now on, until it is told to end. */
export function keepRenewing(world: World, everyMs: () => number = () => 2_000): { end(): void } {
  let ended = false;
  const again = (): void => {
    if (ended) return;
    world.renew();
    world.at(world.nowMs() + everyMs(), again);
  };
  again();
  return {
    end: () => {
      ended = true;
    },
  };
}
