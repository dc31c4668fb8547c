/** When a component was down: from the first bad sign of an incident to its end. Pure. */
import type { BriefIncident } from '../ports.ts';

/** A stretch of wall time. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** From the first bad sign to the incident; null as long as it lasts, and where the clock was stepped meanwhile. */
export function detectMs({ openedWallMs, closedWallMs, durationMs }: BriefIncident): number | null {
  if (closedWallMs === null || durationMs === null) return null;
  const ms = durationMs - (closedWallMs - openedWallMs);
  return ms < 0 ? null : ms;
}

/** What lies within, at least nothing. */
export const lengthWithin = ({ fromMs, toMs }: Stretch, within: Stretch): number =>
  Math.max(0, Math.min(toMs, within.toMs) - Math.max(fromMs, within.fromMs));

/** Of one component, in order and without overlap. */
export function outagesOf(incidents: readonly BriefIncident[], nowMs: number): readonly Stretch[] {
  const stretches = incidents
    .map((incident) => ({
      fromMs: incident.openedWallMs - (detectMs(incident) ?? 0),
      toMs: incident.closedWallMs ?? nowMs,
    }))
    .toSorted((one, other) => one.fromMs - other.fromMs);
  const merged: Stretch[] = [];
  for (const stretch of stretches) {
    const last = merged.at(-1);
    if (last === undefined || stretch.fromMs > last.toMs) merged.push(stretch);
    else merged.splice(-1, 1, { fromMs: last.fromMs, toMs: Math.max(last.toMs, stretch.toMs) });
  }
  return merged;
}
