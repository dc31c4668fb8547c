/** S6: under pressure deadlines widen, up to four times; on a node at rest they are what the configuration says. */
import type { Action } from '../../../src/core/action.ts';
import type { Knowledge } from './knowledge.ts';

const freshMs = 30_000;
const gapMs = 2_000;
/** Pressure explains neither of these; a look that said so counts for so long. */
const unexplained = ['probe.stopped', 'probe.no-socket'];
const lookMs = 15_000;
const mostStretch = 4;

/** 0 at rest to 1. An agent that is so late itself that it discards everything has no sample either. */
function strain({ sample, nowMs }: Knowledge): number {
  if (sample === null || nowMs - sample.atMs > freshMs || sample.loopLagMs >= gapMs) return 0;
  const byPressure = sample.pressure < 0.1 ? 0 : sample.pressure;
  const byLag = sample.loopLagMs < 100 ? 0 : sample.loopLagMs / 1_000;
  return Math.min(1, Math.max(byPressure, byLag));
}

export function stretchBreach(
  { component, probe, timeoutMs }: Extract<Action, { type: 'probe.look' }>,
  knowledge: Knowledge,
): string | null {
  const part = knowledge.parts.get(component);
  const usualMs = part?.policy.probes[probe]?.timeoutMs;
  if (part === undefined || usualMs === undefined) return null;
  const slow = [...part.looks.values()].every((looks) => {
    const last = looks.at(-1);
    return last === undefined || !unexplained.includes(last.reason) || knowledge.nowMs - last.startedAtMs >= lookMs;
  });
  const strained = slow ? strain(knowledge) : 0;
  const leastMs = strained === 0 ? usualMs : usualMs * (1 + 2 * strained);
  if (timeoutMs < leastMs - 1) return `S6 ${component}/${probe} gets ${timeoutMs} ms under a strain of ${strained}`;
  return timeoutMs > mostStretch * usualMs + 1 ? `S6 ${component}/${probe} gets ${timeoutMs} ms` : null;
}
