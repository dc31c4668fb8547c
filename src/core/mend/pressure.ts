/**
 * How much deadlines widen while the node is under pressure (S6): a slow but living runtime is not killed.
 * The figures are ours: no widening below a tenth of stalled time or 100 ms of own lag, then in proportion, four times at most, so
 * that a real hang is still found under full load.
 */
import type { Reason } from '../reason.ts';
import type { Component, NodeState } from './state.ts';

/** At what pressure the node is said to be under pressure: from here on deadlines widen. */
export const pressed = 0.1;
const mostStretch = 4;
const lagFloorMs = 100;
const lagForFullStretchMs = 1_000;
/** A sample older than this says nothing of the present any more. */
const sampleStaleMs = 30_000;

export function stretchOf(node: NodeState, nowMs: number): number {
  const { sample } = node;
  if (sample === null || nowMs - sample.atMs > sampleStaleMs) return 1;
  const byPressure = sample.pressure < pressed ? 0 : sample.pressure;
  const byLag = sample.loopLagMs < lagFloorMs ? 0 : sample.loopLagMs / lagForFullStretchMs;
  return 1 + (mostStretch - 1) * Math.min(1, Math.max(byPressure, byLag));
}

/** Pressure makes a process slow; it neither stops it nor deletes its socket, so then there is nothing to be patient about. */
const unexplained: ReadonlySet<Reason> = new Set(['probe.stopped', 'probe.no-socket']);
/** A look counts as the present state for this long: while there is trouble the next one comes every few seconds. */
const lookStaleMs = 15_000;

function isSlow(component: Component, nowMs: number): boolean {
  return !Object.values(component.probes).some(({ window }) => {
    const last = window.at(-1);
    return last !== undefined && unexplained.has(last.reason) && nowMs - last.startedAtMs < lookStaleMs;
  });
}

export function stretchFor(component: Component, node: NodeState, nowMs: number): number {
  const stretch = stretchOf(node, nowMs);
  return stretch === 1 || isSlow(component, nowMs) ? stretch : 1;
}

/** How long a start may take before what the probes say of it counts (S7). */
export function graceMs(component: Component, node: NodeState, nowMs: number): number {
  return component.policy.graceMs * stretchFor(component, node, nowMs);
}
