/** Records of nodes as their daemons answer them. */
import type { BriefIncident } from '../../src/ports.ts';
import type { NodeRecord } from '../../src/report/record.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** 31 October 2026; the period is November. */
export const sinceMs = Date.UTC(2026, 10, 1);
export const untilMs = sinceMs + 30 * dayMs;

/** Opened so long after the period began, 2 s after its first bad sign. */
export const outage = (afterMs: number, lastsMs: number, changes: Partial<BriefIncident> = {}): BriefIncident => ({
  component: 'kubelet',
  openedWallMs: sinceMs + afterMs,
  closedWallMs: sinceMs + afterMs + lastsMs,
  cause: 'unit.crashed',
  recovered: true,
  durationMs: lastsMs + 2_000,
  ...changes,
});

export const nodeRecord = (changes: Partial<NodeRecord> = {}): NodeRecord => ({
  version: 1,
  node: 'worker-1',
  sinceWallMs: sinceMs,
  untilWallMs: untilMs,
  knownSinceWallMs: sinceMs - 40 * dayMs,
  components: ['containerd', 'kubelet'],
  incidents: [],
  restarts: [],
  alerts: [],
  ...changes,
});
