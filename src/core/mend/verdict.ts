/**
 * What the windows of observations say of a running component: k bad of n over a minimum time, and the agreement of a witness
 * where there is one (S5). `unknown` observations never count as bad (S4).
 */
import type { Reason } from '../reason.ts';
import type { Observation, Verdict } from './observation.ts';
import type { ComponentPolicy, ProbeRole } from './policy.ts';
import { stretchFor } from './pressure.ts';
import type { Component, NodeState, ProbeState } from './state.ts';

/** A start that lasts longer is not believed any more (S7): several times what a full node takes to bring its containers back. */
export const longestStartMs = 600_000;

export interface Finding {
  readonly verdict: Verdict | 'suspect' | 'initializing';
  readonly reason: Reason;
  readonly detail: string;
  /** When the first of the bad observations began. */
  readonly sinceMs: number | null;
}

const unlooked = { window: [], badSinceMs: null };

/** When the unit's present run began; long ago when systemd does not say. */
export function runsSinceMs({ unit }: Component): number {
  return unit?.inactiveExitAtMs ?? -Infinity;
}

/** A start to which systemd sets no limit and that has lasted so long is taken for a hang. */
export function startsEndlessly({ unit, policy }: Component, nowMs: number): boolean {
  if (unit?.activeState !== 'activating' || unit.settings.timeoutStartMs !== null || policy.startsWithPeers)
    return false;
  return unit.inactiveExitAtMs !== null && nowMs >= unit.inactiveExitAtMs + longestStartMs;
}

/** A component without any voting probe is healthy while its unit is active. */
const unasked: Finding = { verdict: 'healthy', reason: 'component.healthy', detail: '', sinceMs: null };
const unseen: Finding = { verdict: 'unknown', reason: 'component.unseen', detail: '', sinceMs: null };

export function probesOf(policy: ComponentPolicy, role: ProbeRole): string[] {
  return Object.entries(policy.probes)
    .filter(([, probe]) => probe.role === role)
    .map(([name]) => name);
}

/** What a hang takes (S5); `patient`: the run is young enough for `initializing` to be believed. */
export interface HangRule {
  readonly failures: number;
  readonly forMs: number;
  readonly patient: boolean;
}

function weigh(seen: Observation, patient: boolean): Verdict {
  return !patient && seen.reason === 'probe.initializing' ? 'unhealthy' : seen.verdict;
}

function finding(verdict: Finding['verdict'], { reason, detail }: Observation, sinceMs: number | null = null): Finding {
  return { verdict, reason, detail, sinceMs };
}

/** The finding of one voting probe over its window, with the time before it for which trouble has lasted without a break. */
export function judgeWindow(
  { window, badSinceMs }: Pick<ProbeState, 'window' | 'badSinceMs'>,
  rule: HangRule,
): Finding {
  const last = window.at(-1);
  if (last === undefined) return unseen;
  const { patient, failures, forMs } = rule;
  if (patient && last.reason === 'probe.initializing') return finding('initializing', last);
  let known: Observation | null = null;
  let firstBad: Observation | null = null;
  let bad = 0;
  for (const seen of window) {
    const verdict = weigh(seen, patient);
    if (verdict !== 'unknown') known = seen;
    if (verdict !== 'unhealthy') continue;
    firstBad ??= seen;
    bad += 1;
  }
  if (known === null) return finding('unknown', last);
  if (weigh(known, patient) === 'healthy') return finding('healthy', known);
  const sinceMs = Math.min((firstBad ?? known).startedAtMs, badSinceMs ?? known.startedAtMs);
  const spanMs = known.startedAtMs + known.durationMs - sinceMs;
  // A look that could not be made is no proof that it still hangs (S4).
  const enough = known === last && bad >= failures && spanMs >= forMs;
  return finding(enough ? 'unhealthy' : 'suspect', known, sinceMs);
}

/** Whether a witness has agreed since the trouble began; no witness at all means that none is asked. */
export function witnessesAgree(component: Component, sinceMs: number): boolean {
  const witnesses = probesOf(component.policy, 'witness');
  if (witnesses.length === 0) return true;
  return witnesses.some((name) => {
    const last = component.probes[name]?.window.at(-1);
    return last !== undefined && last.verdict === 'unhealthy' && last.startedAtMs >= sinceMs;
  });
}

/** The least time a hang must have lasted on a node at rest; systemd's own watchdog, where the unit has one, goes first. */
export function leastHangMs(policy: ComponentPolicy, watchdogMs: number): number {
  return Math.max(policy.hang.forMs, 2 * watchdogMs);
}

export function hangForMs(component: Component, node: NodeState, nowMs: number): number {
  return leastHangMs(component.policy, component.unit?.settings.watchdogMs ?? 0) * stretchFor(component, node, nowMs);
}

const rank: Record<Finding['verdict'], number> = { unhealthy: 4, suspect: 3, initializing: 2, unknown: 1, healthy: 0 };

/** The worst finding among the voting probes. */
export function judge(component: Component, node: NodeState, nowMs: number): Finding {
  const { failures } = component.policy.hang;
  const patient = nowMs < runsSinceMs(component) + longestStartMs;
  const rule = { failures, forMs: hangForMs(component, node, nowMs), patient };
  let worst: Finding | null = null;
  for (const [name, { role }] of Object.entries(component.policy.probes)) {
    if (role !== 'vote') continue;
    const found = judgeWindow(component.probes[name] ?? unlooked, rule);
    if (worst === null || rank[found.verdict] > rank[worst.verdict]) worst = found;
  }
  if (worst === null) return unasked;
  const doubted = worst.verdict === 'unhealthy' && worst.sinceMs !== null && !witnessesAgree(component, worst.sinceMs);
  return doubted ? { ...worst, verdict: 'suspect' } : worst;
}
