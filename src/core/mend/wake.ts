/** When the core wants to be called next although nothing happens: the passing of time alone may change something then. */
import { refillsAtMs } from './budget.ts';
import { upgradeUntilMs } from './host.ts';
import { jobEndMs } from './jobs.ts';
import { graceMs } from './pressure.ts';
import { readyWakeMs } from './ready.ts';
import type { Component, NodeState } from './state.ts';
import type { Turn } from './turn.ts';
import { longestStartMs } from './verdict.ts';
import { verdictDueAtMs } from './verification.ts';

export function earliest(times: readonly (number | null | undefined)[]): number | null {
  let least: number | null = null;
  for (const time of times) if (typeof time === 'number' && (least === null || time < least)) least = time;
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
  const times = [
    deferred?.untilMs,
    pause?.untilMs,
    jobEndMs(component),
    deed?.stageUntilMs,
    deed?.stage === 'verifying' && unit !== null ? verdictDueAtMs(node, component, unit, deed, nowMs) : null,
    ...startTimes(node, component, nowMs),
    phase === 'exhausted' ? refillsAtMs(component, node, nowMs) : null,
    phase === 'stopped' && ending?.dependency != null ? upgradeUntilMs(node, nowMs) : null,
  ];
  return earliest(times.filter((time) => typeof time === 'number' && time > nowMs));
}

export function wakeAtMs({ node, components }: Turn): number | null {
  const times = [readyWakeMs(node), node.sampleDueAtMs, node.pause?.untilMs];
  return earliest([...times, ...Object.values(components).map((component) => component.wakeAtMs)]);
}
