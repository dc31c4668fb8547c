/**
 * What can be expected of an agent that has just started. After kill -9 it knows all that its predecessor knew. After a boot its times have another
 * origin; after a loss of the disk or of power it cannot know more than what it found.
 */
import type { State } from '../../../src/core/mend/state.ts';
import { spentNow } from './before-action.ts';
import type { Case } from './case.ts';
import type { Part } from './knowledge.ts';

export type Loss = 'none' | 'clock' | 'memory';

function forgetLooks(part: Part): void {
  part.looks.clear();
  Object.assign(part.from, { runMs: 0, gapMs: 0, heldMs: 0 });
}

export function takeOver({ world, knowledge }: Case, state: State, loss: Loss): void {
  for (const part of knowledge.parts.values()) {
    if (part.open !== null) part.open = { ...part.open, disruptive: false };
  }
  if (loss === 'none') return;
  knowledge.pausedUntilMs = state.node.pause?.untilMs ?? 0;
  for (const [name, part] of knowledge.parts) {
    const found = state.components[name];
    part.pausedUntilMs = found?.pause?.untilMs ?? 0;
    forgetLooks(part);
    if (loss === 'clock') continue;
    part.open = null;
    const agendaMs = world().machine.agendaMs;
    part.spent = (found?.spent ?? []).map(({ atMs, by }) => ({ atMs: agendaMs(atMs), own: by === 'nodemend' }));
    const last = part.spent.findLast(({ own }) => own);
    part.lastOwn = last === undefined ? null : { atMs: last.atMs, spent: spentNow(part, last.atMs) };
  }
}
