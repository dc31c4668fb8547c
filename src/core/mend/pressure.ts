/**
 * How much deadlines widen while the node is under pressure (S6): a slow but living runtime is not killed.
 * The figures are ours: no widening below a tenth of stalled time or 100 ms of own lag, then in proportion, four times at most, so
 * that a real hang is still found under full load.
 */
import type { Component, NodeState } from './state.ts';

/** At what pressure the node is said to be under pressure: from here on deadlines widen. */
export const pressed = 0.1;
const mostStretch = 4;
const lagFloorMs = 100;
const lagForFullStretchMs = 1_000;
/** A sample older than this says nothing of the present any more. */
const sampleStaleMs = 30_000;

function stretchOf(node: NodeState, nowMs: number): number {
  const { sample } = node;
  if (sample === null || nowMs - sample.atMs > sampleStaleMs) return 1;
  const byPressure = sample.pressure < pressed ? 0 : sample.pressure;
  const byLag = sample.loopLagMs < lagFloorMs ? 0 : sample.loopLagMs / lagForFullStretchMs;
  return 1 + (mostStretch - 1) * Math.min(1, Math.max(byPressure, byLag));
}

/** A look that found the process stopped says so for this long: witnesses look every few seconds while there is trouble. */
const stoppedStaleMs = 15_000;

/** Pressure makes a process slow; it neither stops it nor makes a zombie of it, so then there is nothing to be patient about. */
function isStopped(component: Component, nowMs: number): boolean {
  return Object.values(component.probes).some(({ window }) => {
    const last = window.at(-1);
    return last?.reason === 'probe.stopped' && nowMs - last.startedAtMs < stoppedStaleMs;
  });
}

export function stretchFor(component: Component, node: NodeState, nowMs: number): number {
  return isStopped(component, nowMs) ? 1 : stretchOf(node, nowMs);
}

/** How long a start may take before what the probes say of it counts (S7). */
export function graceMs(component: Component, node: NodeState, nowMs: number): number {
  return component.policy.graceMs * stretchFor(component, node, nowMs);
}
