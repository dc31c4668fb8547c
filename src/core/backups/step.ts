/** The step of the checks of backups: takes one event in, judges anew what it touched, asks for the looks that are due. It only looks: nothing is ever done. */
import type { Action } from '../action.ts';
import type { Event } from '../event.ts';
import type { Transition } from '../transition.ts';
import type { BackupsSeen } from './found.ts';
import { isAmiss, type Judgements, judgeFound, judgeUnseen, reasonsOf } from './judge.ts';
import type { BackupCheckPolicy } from './policy.ts';
import { type BackupCheck, type BackupChecks, type BackupItem, initialCheck } from './state.ts';
import { away } from './velero.ts';

export interface BackupsStep {
  readonly backups: BackupChecks;
  readonly actions: readonly Action[];
  readonly transitions: readonly Transition[];
  readonly wakeAtMs: number | null;
}

/** Later than wished for by so much, and nobody looked meanwhile (S13). */
const gapMs = 2_000;
/** How long after its deadline a look may still report before it is given up for lost. */
const lostAfterMs = 5_000;

const changeItems = (check: BackupCheck, change: (item: BackupItem) => BackupItem): BackupCheck => ({
  ...check,
  items: Object.fromEntries(Object.entries(check.items).map(([name, item]) => [name, change(item)])),
});

/** Nobody saw whether a location was away all the time; that a run got no further is as true as before. */
const afterGap = (check: BackupCheck, nowMs: number): BackupCheck => ({
  ...changeItems(check, (item) => (item.standstill?.what === away ? { ...item, standstill: null } : item)),
  look: { dueAtMs: nowMs, lookingSinceMs: null },
});

/** The earlier agent's, perhaps of another boot, whose clock counted from elsewhere. */
function resume(check: BackupCheck, nowMs: number): BackupCheck {
  const clamp = <Since extends { readonly sinceMs: number }>(since: Since): Since => ({
    ...since,
    sinceMs: Math.min(since.sinceMs, nowMs),
  });
  const { policy, items } = changeItems(check, (item) => ({
    ...clamp(item),
    standstill: item.standstill === null ? null : clamp(item.standstill),
  }));
  return initialCheck(policy, items, nowMs);
}

const dueAtMs = ({ look, policy }: BackupCheck): number =>
  look.lookingSinceMs === null ? look.dueAtMs : look.lookingSinceMs + policy.timeoutMs + lostAfterMs;

function tell(
  check: string,
  item: string,
  before: BackupItem | undefined,
  to: BackupItem['verdict'],
  detail: string,
): Transition {
  const from = before?.verdict ?? 'waiting';
  return { type: 'freshness.changed', check, item, from, to, reason: reasonsOf[to], detail };
}

/** Takes the judgements in and tells what has changed. */
function settle(check: BackupCheck, judgements: Judgements, nowMs: number, transitions: Transition[]): BackupCheck {
  const { name } = check.policy;
  const items = Object.entries(judgements).map(([item, judgement]): [string, BackupItem] => {
    const before = check.items[item];
    const { verdict, detail } = judgement;
    if ((before?.verdict ?? 'waiting') !== verdict) transitions.push(tell(name, item, before, verdict, detail));
    const sinceMs = before?.verdict === verdict ? before.sinceMs : nowMs;
    return [item, { ...judgement, reason: reasonsOf[verdict], sinceMs }];
  });
  const settled = { ...check, items: Object.fromEntries(items) };
  tellGone(check, settled.items, transitions);
  return settled;
}

function observe(check: BackupCheck, seen: BackupsSeen, nowMs: number, transitions: Transition[]): BackupCheck {
  const { startedAtMs } = seen;
  // One that was asked for under an earlier configuration.
  if (startedAtMs < check.seenAtMs) return check;
  const looked = { ...check, look: { dueAtMs: nowMs + check.policy.everyMs, lookingSinceMs: null } };
  if (!seen.known) {
    const blind = { ...looked, blind: seen.detail };
    return settle(blind, judgeUnseen(blind, nowMs), nowMs, transitions);
  }
  const judgements = judgeFound(check, seen.found, seen.wallMs, nowMs);
  return settle({ ...looked, seenAtMs: startedAtMs, blind: '' }, judgements, nowMs, transitions);
}

/** What was the matter with something that is not there any more is over. */
function tellGone(check: BackupCheck, items: BackupCheck['items'], transitions: Transition[]): void {
  for (const [item, before] of Object.entries(check.items))
    if (items[item] === undefined && isAmiss(before.verdict))
      transitions.push(tell(check.policy.name, item, before, 'gone', 'it is not looked at any more'));
}

/** One whose policy is as it was goes on. */
function adopt(
  before: BackupChecks['byName'],
  policies: readonly BackupCheckPolicy[],
  nowMs: number,
  transitions: Transition[],
): Record<string, BackupCheck> {
  for (const check of Object.values(before))
    if (!policies.some(({ name }) => name === check.policy.name)) tellGone(check, {}, transitions);
  return Object.fromEntries(
    policies.map((policy) => {
      const known = Object.hasOwn(before, policy.name) ? before[policy.name] : undefined;
      const same = known !== undefined && JSON.stringify(known.policy) === JSON.stringify(policy);
      return [policy.name, same ? known : initialCheck(policy, known?.items ?? {}, nowMs)];
    }),
  );
}

/** Asks for what is due; nobody knows more by then than after the last look. */
function askIfDue(check: BackupCheck, nowMs: number, actions: Action[], transitions: Transition[]): BackupCheck {
  if (nowMs < dueAtMs(check)) return check;
  const { name, target, timeoutMs } = check.policy;
  actions.push({ type: 'backups.look', check: name, target, timeoutMs });
  const settled = settle(check, judgeUnseen(check, nowMs), nowMs, transitions);
  return { ...settled, look: { ...check.look, lookingSinceMs: nowMs } };
}

const mapChecks = (byName: BackupChecks['byName'], change: (check: BackupCheck) => BackupCheck) =>
  Object.fromEntries(Object.entries(byName).map(([name, check]) => [name, change(check)]));

function take(
  before: BackupChecks['byName'],
  event: Event,
  nowMs: number,
  transitions: Transition[],
): BackupChecks['byName'] {
  if (event.type === 'agent.started') return mapChecks(before, (check) => resume(check, nowMs));
  if (event.type === 'backups.loaded') return adopt(before, event.policies, nowMs, transitions);
  const check =
    event.type === 'backups.observed' && Object.hasOwn(before, event.check) ? before[event.check] : undefined;
  if (event.type !== 'backups.observed' || check === undefined) return before;
  return { ...before, [event.check]: observe(check, event.seen, nowMs, transitions) };
}

const heard: ReadonlySet<Event['type']> = new Set<Event['type']>([
  'agent.started',
  'backups.loaded',
  'backups.observed',
  'tick',
]);

export function stepBackups(before: BackupChecks, event: Event, nowMs: number): BackupsStep {
  if (!heard.has(event.type)) return { backups: before, actions: [], transitions: [], wakeAtMs: before.wakeAtMs };
  const actions: Action[] = [];
  const transitions: Transition[] = [];
  const late = before.wakeAtMs !== null && nowMs >= before.wakeAtMs + gapMs;
  const idle = event.type === 'tick' && (before.wakeAtMs === null || nowMs < before.wakeAtMs);
  if (idle) return { backups: before, actions, transitions, wakeAtMs: before.wakeAtMs };
  const known = late ? mapChecks(before.byName, (check) => afterGap(check, nowMs)) : before.byName;
  const taken = take(known, event, nowMs, transitions);
  // Before the configuration is loaded there is nothing to look at: what an earlier agent knew may not be asked for any more.
  if (event.type === 'agent.started')
    return { backups: { byName: taken, wakeAtMs: null }, actions, transitions, wakeAtMs: null };
  const byName = mapChecks(taken, (check) => askIfDue(check, nowMs, actions, transitions));
  const wishes = Object.values(byName).map(dueAtMs);
  const wakeAtMs = wishes.length === 0 ? null : Math.min(...wishes);
  return { backups: { byName, wakeAtMs }, actions, transitions, wakeAtMs };
}
