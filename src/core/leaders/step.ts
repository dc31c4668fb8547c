/** The step of the leader checks: takes one event in, judges anew what it touched, asks for the looks that are due. It only looks: nothing is ever done. */
import type { Action } from '../action.ts';
import type { Event } from '../event.ts';
import type { Transition } from '../transition.ts';
import { observeInstance } from './instance.ts';
import { followSplit, followStandby, judge, keptTurnovers, leaseMs, reasonsOf, slackMs } from './judge.ts';
import type { LeaderPolicy } from './policy.ts';
import { initialLeader, type Leader, type Leaders, type LeaseRecord, type LeaseSeen, type Look } from './state.ts';

export interface LeadersStep {
  readonly leaders: Leaders;
  readonly actions: readonly Action[];
  readonly transitions: readonly Transition[];
  readonly wakeAtMs: number | null;
}

/** Later than wished for by so much, and nobody looked meanwhile (S13). */
const gapMs = 2_000;
/** An instance is looked at by reading pages of it that are not small. */
const instanceEveryMs = 5_000;
/** How long after its deadline a look may still report before it is given up for lost. */
const lostAfterMs = 5_000;

const isSame = (a: LeaseRecord | null, b: LeaseRecord | null): boolean =>
  a?.version === b?.version && a?.holder === b?.holder && (a === null) === (b === null);

function observeLease(leader: Leader, seen: LeaseSeen, nowMs: number): Leader {
  const look: Look = { dueAtMs: nowMs + leader.policy.everyMs, lookingSinceMs: null };
  if (!seen.known || (leader.seenAtMs !== null && seen.startedAtMs < leader.seenAtMs)) return { ...leader, look };
  const { record, startedAtMs } = seen;
  const first = leader.seenAtMs === null;
  const changed = !first && !isSame(leader.record, record);
  const grew = (record?.transitions ?? 0) - (leader.record?.transitions ?? record?.transitions ?? 0);
  const turned = changed && grew > 0 ? Array.from({ length: Math.min(grew, 10) }, () => nowMs) : [];
  return {
    ...leader,
    look,
    record,
    seenAtMs: startedAtMs,
    // It may have been written until just now.
    changedAtMs: first || changed ? nowMs : leader.changedAtMs,
    moved: leader.moved || changed,
    turnovers: keptTurnovers([...leader.turnovers, ...turned], nowMs),
  };
}

/** When silence would become a wedge the Lease is looked at, whenever it was looked at last. */
function leaseDueAtMs(leader: Leader): number {
  const { look, policy, changedAtMs, seenAtMs } = leader;
  if (look.lookingSinceMs !== null) return look.lookingSinceMs + policy.timeoutMs + lostAfterMs;
  const wedgeAtMs = changedAtMs + leaseMs(leader) + slackMs;
  return seenAtMs !== null && seenAtMs < wedgeAtMs ? Math.min(look.dueAtMs, wedgeAtMs) : look.dueAtMs;
}

const instanceDueAtMs = ({ lookingSinceMs, dueAtMs }: Look, { timeoutMs }: LeaderPolicy): number =>
  lookingSinceMs === null ? dueAtMs : lookingSinceMs + 2 * timeoutMs + lostAfterMs;

/** What was seen before says nothing any more; the looks in flight are dropped with it. */
const forget = (leader: Leader, nowMs: number): Leader => {
  const { verdict, reason, detail, sinceMs } = leader;
  return { ...initialLeader(leader.policy, nowMs), verdict, reason, detail, sinceMs };
};

function settle(leader: Leader, nowMs: number, transitions: Transition[]): Leader {
  const followed = followStandby(followSplit(leader, nowMs), nowMs);
  const { verdict, detail } = judge(followed, nowMs);
  const reason = reasonsOf[verdict];
  if (verdict === leader.verdict) return { ...followed, detail };
  transitions.push({
    type: 'leader.changed',
    check: leader.policy.name,
    from: leader.verdict,
    to: verdict,
    reason,
    detail,
  });
  return { ...followed, verdict, reason, detail, sinceMs: nowMs };
}

/** Asks for what is due. */
function askIfDue(leader: Leader, nowMs: number, actions: Action[]): Leader {
  const { policy } = leader;
  const { name: check, namespace, lease, kubeconfig, timeoutMs } = policy;
  const looking = (look: Look): Look => ({ ...look, lookingSinceMs: nowMs });
  const isDue = nowMs >= leaseDueAtMs(leader);
  if (isDue) actions.push({ type: 'lease.look', check, namespace, lease, kubeconfig, timeoutMs });
  const instances = Object.entries(leader.instances).map(([url, instance]) => {
    if (nowMs < instanceDueAtMs(instance.look, policy)) return [url, instance] as const;
    actions.push({ type: 'instance.look', check, url, lease, kubeconfig, timeoutMs });
    return [url, { ...instance, look: looking(instance.look) }] as const;
  });
  return { ...leader, look: isDue ? looking(leader.look) : leader.look, instances: Object.fromEntries(instances) };
}

function wakeOf(leader: Leader): number {
  const instances = Object.values(leader.instances).map(({ look }) => instanceDueAtMs(look, leader.policy));
  return Math.min(leaseDueAtMs(leader), ...instances);
}

/** One whose policy is as it was goes on. */
function adopt(before: Leaders['byName'], policies: readonly LeaderPolicy[], nowMs: number): Record<string, Leader> {
  return Object.fromEntries(
    policies.map((policy) => {
      const known = before[policy.name];
      const same = known !== undefined && JSON.stringify(known.policy) === JSON.stringify(policy);
      return [policy.name, same ? known : initialLeader(policy, nowMs)];
    }),
  );
}

function take(before: Leaders['byName'], event: Event, nowMs: number): Record<string, Leader> {
  if (event.type === 'agent.started') return {};
  if (event.type === 'leaders.loaded') return adopt(before, event.policies, nowMs);
  if (event.type !== 'lease.observed' && event.type !== 'instance.observed') return { ...before };
  const leader = before[event.check];
  if (leader === undefined) return { ...before };
  if (event.type === 'lease.observed') return { ...before, [event.check]: observeLease(leader, event.seen, nowMs) };
  const instance = leader.instances[event.url];
  if (instance === undefined) return { ...before };
  const look: Look = { dueAtMs: nowMs + instanceEveryMs, lookingSinceMs: null };
  const seen = { ...observeInstance(instance, event.seen), look };
  return { ...before, [event.check]: { ...leader, instances: { ...leader.instances, [event.url]: seen } } };
}

const heard: ReadonlySet<Event['type']> = new Set<Event['type']>([
  'agent.started',
  'leaders.loaded',
  'lease.observed',
  'instance.observed',
  'tick',
]);

export function stepLeaders(before: Leaders, event: Event, nowMs: number): LeadersStep {
  if (!heard.has(event.type)) return { leaders: before, actions: [], transitions: [], wakeAtMs: before.wakeAtMs };
  const actions: Action[] = [];
  const transitions: Transition[] = [];
  const late = before.wakeAtMs !== null && nowMs >= before.wakeAtMs + gapMs;
  const known = late
    ? Object.fromEntries(Object.entries(before.byName).map(([name, leader]) => [name, forget(leader, nowMs)]))
    : before.byName;
  const byName = take(known, event, nowMs);
  for (const [name, leader] of Object.entries(byName))
    byName[name] = askIfDue(settle(leader, nowMs, transitions), nowMs, actions);
  const wishes = Object.values(byName).map(wakeOf);
  const wakeAtMs = wishes.length === 0 ? null : Math.min(...wishes);
  return { leaders: { byName, wakeAtMs }, actions, transitions, wakeAtMs };
}
