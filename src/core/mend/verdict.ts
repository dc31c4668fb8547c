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
export function startsEndlessly({ unit }: Component, nowMs: number): boolean {
  if (unit?.activeState !== 'activating' || unit.settings.timeoutStartMs !== null) return false;
  return unit.inactiveExitAtMs !== null && nowMs >= unit.inactiveExitAtMs + longestStartMs;
}

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

/** The finding of one voting probe over its window, with the time before it for which trouble has lasted without a break. */
export function judgeWindow(
  { window, badSinceMs }: Pick<ProbeState, 'window' | 'badSinceMs'>,
  rule: HangRule,
): Finding {
  const last = window.at(-1);
  if (last === undefined) return unseen;
  const weighed = window.map((seen) => ({ ...seen, verdict: weigh(seen, rule.patient) }));
  const bad = weighed.filter((seen) => seen.verdict === 'unhealthy');
  const known = weighed.filter((seen) => seen.verdict !== 'unknown').at(-1);
  const said = { reason: last.reason, detail: last.detail };
  if (rule.patient && last.reason === 'probe.initializing') return { verdict: 'initializing', ...said, sinceMs: null };
  if (known === undefined) return { verdict: 'unknown', ...said, sinceMs: null };
  if (known.verdict === 'healthy')
    return { verdict: 'healthy', reason: known.reason, detail: known.detail, sinceMs: null };
  const sinceMs = Math.min((bad[0] ?? known).startedAtMs, badSinceMs ?? known.startedAtMs);
  const spanMs = known.startedAtMs + known.durationMs - sinceMs;
  // A look that could not be made is no proof that it still hangs (S4).
  const stillBad = weighed.at(-1)?.verdict === 'unhealthy';
  const enough = stillBad && bad.length >= rule.failures && spanMs >= rule.forMs;
  return {
    verdict: enough ? 'unhealthy' : 'suspect',
    reason: known.reason,
    detail: known.detail,
    sinceMs,
  };
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

/** The worst finding among the voting probes; a component without any is healthy while its unit is active. */
export function judge(component: Component, node: NodeState, nowMs: number): Finding {
  const votes = probesOf(component.policy, 'vote');
  if (votes.length === 0) return { verdict: 'healthy', reason: 'component.healthy', detail: '', sinceMs: null };
  const { failures } = component.policy.hang;
  const patient = nowMs < runsSinceMs(component) + longestStartMs;
  const rule = { failures, forMs: hangForMs(component, node, nowMs), patient };
  const findings = votes.map((name) => judgeWindow(component.probes[name] ?? unlooked, rule));
  const worst = findings.reduce((a, b) => (rank[b.verdict] > rank[a.verdict] ? b : a));
  const doubted = worst.verdict === 'unhealthy' && worst.sinceMs !== null && !witnessesAgree(component, worst.sinceMs);
  return doubted ? { ...worst, verdict: 'suspect' } : worst;
}
