/**
 * What the windows of observations say of a running component: k bad of n over a minimum time, and the agreement of a witness
 * where there is one (S5). `unknown` observations never count as bad (S4).
 */
import type { Reason } from '../reason.ts';
import type { Observation, Verdict } from './observation.ts';
import type { ComponentPolicy, ProbeRole } from './policy.ts';
import { stretchOf } from './pressure.ts';
import type { Component, NodeState } from './state.ts';

export interface Finding {
  readonly verdict: Verdict | 'suspect' | 'initializing';
  readonly reason: Reason;
  readonly detail: string;
  /** When the first of the bad observations began. */
  readonly sinceMs: number | null;
}

const unseen: Finding = { verdict: 'unknown', reason: 'component.unseen', detail: '', sinceMs: null };

export function probesOf(policy: ComponentPolicy, role: ProbeRole): string[] {
  return Object.entries(policy.probes)
    .filter(([, probe]) => probe.role === role)
    .map(([name]) => name);
}

/** The finding of one voting probe over its window. */
export function judgeWindow(window: readonly Observation[], failures: number, forMs: number): Finding {
  const last = window.at(-1);
  if (last === undefined) return unseen;
  const bad = window.filter((seen) => seen.verdict === 'unhealthy');
  const known = window.filter((seen) => seen.verdict !== 'unknown').at(-1);
  const said = { reason: last.reason, detail: last.detail };
  if (last.reason === 'probe.initializing') return { verdict: 'initializing', ...said, sinceMs: null };
  if (known === undefined) return { verdict: 'unknown', ...said, sinceMs: null };
  if (known.verdict === 'healthy')
    return { verdict: 'healthy', reason: known.reason, detail: known.detail, sinceMs: null };
  const first = bad[0] ?? known;
  const spanMs = known.startedAtMs + known.durationMs - first.startedAtMs;
  const enough = bad.length >= failures && spanMs >= forMs;
  return {
    verdict: enough ? 'unhealthy' : 'suspect',
    reason: known.reason,
    detail: known.detail,
    sinceMs: first.startedAtMs,
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

/** The least time a hang must have lasted; systemd's own watchdog, where the unit has one, goes first. */
export function hangForMs(component: Component, node: NodeState, nowMs: number): number {
  const watchdogMs = component.unit?.settings.watchdogMs ?? 0;
  return Math.max(component.policy.hang.forMs, 2 * watchdogMs) * stretchOf(node, nowMs);
}

const rank: Record<Finding['verdict'], number> = { unhealthy: 4, suspect: 3, initializing: 2, unknown: 1, healthy: 0 };

/** The worst finding among the voting probes; a component without any is healthy while its unit is active. */
export function judge(component: Component, node: NodeState, nowMs: number): Finding {
  const votes = probesOf(component.policy, 'vote');
  if (votes.length === 0) return { verdict: 'healthy', reason: 'component.healthy', detail: '', sinceMs: null };
  const forMs = hangForMs(component, node, nowMs);
  const findings = votes.map((name) =>
    judgeWindow(component.probes[name]?.window ?? [], component.policy.hang.failures, forMs),
  );
  const worst = findings.reduce((a, b) => (rank[b.verdict] > rank[a.verdict] ? b : a));
  const doubted = worst.verdict === 'unhealthy' && worst.sinceMs !== null && !witnessesAgree(component, worst.sinceMs);
  return doubted ? { ...worst, verdict: 'suspect' } : worst;
}
