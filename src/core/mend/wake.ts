/** When the core wants to be called next although nothing happens: the passing of time alone may change something then. */
import { refillsAtMs } from './budget.ts';
import { strandedAtMs } from './ending.ts';
import { upgradeUntilMs } from './host.ts';
import { jobEndMs } from './jobs.ts';
import { graceMs } from './pressure.ts';
import { readyWakeMs } from './ready.ts';
import type { Component, NodeState } from './state.ts';
import type { Turn } from './turn.ts';
import { longestStartMs } from './verdict.ts';
import { verdictDueAtMs } from './verification.ts';

/** The earliest of those that are known and still to come. */
export function earliest(times: readonly (number | null | undefined)[], afterMs = -Infinity): number | null {
  let least: number | null = null;
  for (const time of times)
    if (typeof time === 'number' && time > afterMs && (least === null || time < least)) least = time;
  return least;
}

/** When the grace of the present run is over, and when its start is not believed any more. */
function startTimes(node: NodeState, component: Component, nowMs: number): (number | null)[] {
  const { unit } = component;
  if (unit === null || unit.inactiveExitAtMs === null) return [];
  const graceEndMs = unit.inactiveExitAtMs + graceMs(component, node, nowMs);
  return [graceEndMs, unit.activeState === 'activating' ? unit.inactiveExitAtMs + longestStartMs : null];
}

/** The next time at which the passing of time alone can change the sign. */
export function changesAtMs(node: NodeState, component: Component, nowMs: number): number | null {
  const { unit, deed, deferred, pause, phase, ending } = component;
  const verdictMs =
    deed?.stage === 'verifying' && unit !== null ? verdictDueAtMs(node, component, unit, deed, nowMs) : null;
  const refillMs = phase === 'exhausted' ? refillsAtMs(component, node, nowMs) : null;
  const upgradedMs = phase === 'stopped' && ending?.dependency != null ? upgradeUntilMs(node, nowMs) : null;
  const jobMs = jobEndMs(component);
  const start = startTimes(node, component, nowMs);
  const times = [
    deferred?.untilMs,
    pause?.untilMs,
    jobMs,
    deed?.stageUntilMs,
    verdictMs,
    refillMs,
    upgradedMs,
    unit === null ? null : strandedAtMs(unit),
    ...start,
  ];
  return earliest(times, nowMs);
}

export function wakeAtMs({ node, components }: Turn): number | null {
  let least = earliest([readyWakeMs(node), node.sampleDueAtMs, node.pause?.untilMs]);
  for (const { wakeAtMs: ownMs } of Object.values(components))
    if (ownMs !== null && (least === null || ownMs < least)) least = ownMs;
  return least;
}
