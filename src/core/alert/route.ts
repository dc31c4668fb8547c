/** Which alert a target wants to be told, and when there is news of it for that target. */
import { reasons, type Severity } from '../reason.ts';
import type { AlertTarget } from './policy.ts';
import type { Alert, TargetState } from './state.ts';

const ranks: Readonly<Record<Severity, number>> = { info: 0, warn: 1, error: 2 };

function matches(pattern: string, reason: string): boolean {
  return pattern.endsWith('*') ? reason.startsWith(pattern.slice(0, -1)) : pattern === reason;
}

export function wants(target: AlertTarget, { reason, always }: Alert): boolean {
  if (always) return true;
  if (ranks[reasons[reason].severity] < ranks[target.least]) return false;
  return target.reasons.some((pattern) => matches(pattern, reason));
}

/** Whether the target has not heard of this beginning, or of this end. */
export function isNews({ policy, told }: TargetState, alert: Alert): boolean {
  if (!wants(policy, alert)) return false;
  const last = told[alert.key];
  return last?.sinceWallMs !== alert.sinceWallMs || last.ended !== (alert.endedWallMs !== null);
}

/** When it is to be told again that the alert lasts; null for what has ended or was never told. */
export function repeatAtMs({ policy, told }: TargetState, alert: Alert): number | null {
  const last = told[alert.key];
  if (alert.endedWallMs !== null || last?.sinceWallMs !== alert.sinceWallMs) return null;
  return last.atMs + policy.repeatMs;
}
