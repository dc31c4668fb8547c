/** What must hold at the moment at which an action leaves the core. Each rule says what is wrong, or null. */
import type { Remedial } from '../../../src/core/action.ts';
import { missingEvidence } from './evidence.ts';
import { isEnded, isKnownBad, isLeftBehind, isWaiting, type Knowledge, type Part } from './knowledge.ts';

export interface Leaving {
  readonly action: Remedial;
  readonly part: Part;
  readonly knowledge: Knowledge;
}

type Rule = (leaving: Leaving) => string | null;

const longestUpgradeMs = 30 * 60_000;
const tolerableDelayMs = 1_000;
const longestStartMs = 600_000;
const roundingMs = 1;

const isStart = ({ action, part }: Leaving): boolean =>
  action.type === 'unit.start' || (part.unit !== null && isEnded(part.unit));

/** S2: one job per unit, one disruptive action per node. */
const oneAtATime: Rule = (leaving) => {
  const { part, knowledge } = leaving;
  if (part.unit !== null && part.unit.job !== 0) return `S2 job ${part.unit.job} of ${part.unit.id} is under way`;
  if (part.open !== null) return `S2 ${part.open.id} of ${part.policy.name} is under way`;
  if (isStart(leaving)) return null;
  const other = [...knowledge.parts.values()].find((one) => one !== part && one.open?.disruptive === true);
  return other === undefined ? null : `S2 ${other.open?.remedy} of ${other.policy.name} is under way`;
};

/** S3: hands off. */
const handsOff: Rule = ({ part, knowledge }) => {
  const { unit } = part;
  const { nowMs, sample, upgradeSinceMs } = knowledge;
  if (unit === null) return null;
  if (unit.loadState === 'masked' || unit.unitFileState.startsWith('masked')) return `S3 ${unit.id} is masked`;
  if (unit.freezerState !== 'running') return `S3 ${unit.id} is frozen`;
  if (knowledge.pausedUntilMs > nowMs || part.pausedUntilMs > nowMs) return 'S3 supervision is paused';
  if (knowledge.shuttingDown) return 'S3 the node is shutting down';
  const upgrading = (sample?.packageManager ?? null) !== null && upgradeSinceMs !== null;
  if (upgrading && nowMs - upgradeSinceMs < longestUpgradeMs) return 'S3 a package manager is at work';
  if (knowledge.unwanted.has(unit.id) && isEnded(unit) && !isWaiting(unit))
    return `S3 ${unit.id} was stopped by an operator`;
  if (unit.unitFileState === 'disabled' && unit.invocationId === '') return `S3 ${unit.id} is disabled and never ran`;
  return null;
};

/** S4: nothing is done blindly. */
const seeing: Rule = ({ part, knowledge }) => {
  if (!knowledge.connected) return 'S4 acted without the bus';
  return part.unit === null || !part.seen ? 'S4 acted on a unit of which nothing is known' : null;
};

/** S5 with S4, S7, S9, S13, S14: a running unit is only touched for a proven hang. */
const proven: Rule = ({ part, knowledge }) => {
  if (part.unit === null || isEnded(part.unit) || part.asked) return null;
  if (part.unit.activeState !== 'active') return `S7 ${part.unit.id} is ${part.unit.activeState}`;
  return missingEvidence(part, knowledge.nowMs);
};

/** S7: what is starting is not hung. */
const grown: Rule = ({ part, knowledge }) => {
  const { unit, policy } = part;
  if (unit === null || isEnded(unit) || part.asked) return null;
  const ageMs = knowledge.nowMs - (unit.inactiveExitAtMs ?? 0);
  if (ageMs < policy.graceMs) return `S7 ${unit.id} is ${Math.round(ageMs)} ms old, its grace ${policy.graceMs} ms`;
  const starting = Object.entries(policy.probes).some(
    ([name, { role }]) => role === 'vote' && part.looks.get(name)?.at(-1)?.reason === 'probe.initializing',
  );
  return starting && ageMs < longestStartMs ? `S7 ${unit.id} is initializing` : null;
};

export function spentNow({ spent, policy }: Part, agendaMs: number): number {
  return spent.filter(({ atMs }) => agendaMs - atMs < policy.budget.perMs).length;
}

export function allowance(part: Part, knowledge: Knowledge): number {
  const careful = knowledge.store === 'unwritable' || knowledge.agendaMs < knowledge.forgetfulUntilMs;
  return careful ? Math.min(1, part.policy.budget.actions) : part.policy.budget.actions;
}

/** S8: budget and back-off, and out of budget nothing but what is told as a half-open retry. */
const inBudget: Rule = ({ action, part, knowledge }) => {
  if (part.asked) return null;
  const { backoff } = part.policy;
  const { lastOwn } = part;
  const sinceMs = lastOwn === null ? Infinity : knowledge.agendaMs - lastOwn.atMs;
  const leastShare = 1 - backoff.jitter;
  const spent = spentNow(part, knowledge.agendaMs);
  if (spent >= allowance(part, knowledge) && sinceMs < backoff.maxMs * leastShare - roundingMs)
    return `S8 ${spent} restarts were spent, and the last action was ${Math.round(sinceMs)} ms ago`;
  const told = action.reason === 'restart.half-open' || action.reason === 'reboot.tried';
  if (spent >= allowance(part, knowledge) && !told) return `S8 ${action.reason} with a budget that is spent`;
  const delayMs =
    lastOwn === null ? 0 : Math.min(backoff.maxMs, backoff.firstMs * backoff.factor ** (lastOwn.spent - 1));
  return sinceMs < delayMs * leastShare - roundingMs
    ? `S8 back-off: ${Math.round(sinceMs)} ms after the last action instead of ${Math.round(delayMs * leastShare)} ms`
    : null;
};

/** S9: never for the dependency's fault. */
const ownFault: Rule = ({ part, knowledge }) => {
  if (part.asked) return null;
  const bad = part.policy.after.find((name) => {
    const other = knowledge.parts.get(name);
    return other !== undefined && isKnownBad(other, knowledge);
  });
  return bad === undefined ? null : `S9 ${bad}, which it needs, is not well`;
};

/** S11: systemd's own Restart= goes first, but for the first crash in a window with a long delay. */
const systemdFirst: Rule = ({ action, part, knowledge }) => {
  const { unit } = part;
  if (unit === null || !isWaiting(unit) || isLeftBehind(unit, knowledge.nowMs) || part.asked) return null;
  if (unit.settings.restartMs <= tolerableDelayMs) return `S11 systemd restarts it in ${unit.settings.restartMs} ms`;
  const spent = spentNow(part, knowledge.agendaMs);
  const most = Math.max(1, allowance(part, knowledge) - 2);
  if (spent >= most) return `S11 it is not the first crash: ${spent} restarts in the window`;
  return action.reason === 'restart.first-crash' ? null : `S11 ${action.reason} while systemd is about to restart it`;
};

export const beforeAction: readonly Rule[] = [
  oneAtATime,
  handsOff,
  seeing,
  proven,
  grown,
  inBudget,
  ownFault,
  systemdFirst,
];
