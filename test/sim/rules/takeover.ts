/**
 * What can be expected of an agent that has just started. After kill -9 it knows all that its predecessor knew. After a boot its times have another
 * origin; after a loss of the disk or of power it cannot know more than what it found.
 */
import type { Component } from '../../../src/core/mend/state.ts';
import type { State } from '../../../src/core/state.ts';
import { spentNow } from './before-action.ts';
import type { Case } from './case.ts';
import type { Part } from './knowledge.ts';

export type Loss = 'none' | 'clock' | 'memory';

function forgetLooks(part: Part): void {
  part.looks.clear();
  Object.assign(part.from, { runMs: 0, gapMs: 0, heldMs: 0 });
}

/** An intent that was under way is found again, unless its end was the last thing that was written. */
function resume(part: Part, component: Component | undefined, { world, breach }: Case, loss: Loss): void {
  const { open } = part;
  part.asked = component?.asked ?? part.asked;
  if (open === null) return;
  const isKnown = component?.deed?.id === open.id;
  const isClosed = world().machine.disk.hasEnded(open.id);
  part.open = isKnown ? { ...open, disruptive: false } : null;
  if (!isKnown && !isClosed && loss !== 'memory') breach(`S1 ${open.id} was forgotten by the next start of the agent`);
}

export function takeOver(found: Case, state: State, loss: Loss): void {
  const { world, knowledge } = found;
  for (const [name, part] of knowledge.parts) resume(part, state.components[name], found, loss);
  if (loss === 'none') return;
  knowledge.pausedUntilMs = state.node.pause?.untilMs ?? 0;
  for (const [name, part] of knowledge.parts) {
    const component = state.components[name];
    part.pausedUntilMs = component?.pause?.untilMs ?? 0;
    forgetLooks(part);
    if (loss === 'clock') continue;
    const agendaMs = world().machine.agendaMs;
    part.spent = (component?.spent ?? []).map(({ atMs, by }) => ({ atMs: agendaMs(atMs), own: by === 'nodemend' }));
    const last = part.spent.findLast(({ own }) => own);
    part.lastOwn = last === undefined ? null : { atMs: last.atMs, spent: spentNow(part, last.atMs) };
  }
}
