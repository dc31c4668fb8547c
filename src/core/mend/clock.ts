/**
 * Time as the core sees it: numbers only. A step that comes much later than it was wished for means that the agent was stopped or starved,
 * and a new boot means another origin of the clock. INVARIANT of the whole core: whether a time has come is asked as it is waited for
 * (now >= begun + length). Of two forms that are equal on paper floating point may deny the one, and the core would want to be woken at
 * once, again and again.
 */
import { freshProbes } from './looks.ts';
import type { Component, Deed, State } from './state.ts';
import { type Turn, tell, unsettleAll } from './turn.ts';

/** Longer than this and what was gathered before is not evidence any more (S13). */
export const gapMs = 2_000;

/** How late this step is against the time wished for, when that is late enough to matter. */
export function findGap(turn: Turn): number | null {
  const { wakeAtMs } = turn.node;
  const lateMs = wakeAtMs === null ? 0 : turn.nowMs - wakeAtMs;
  return lateMs >= gapMs ? lateMs : null;
}

/** What is planned or under way gets the time back in which nobody could see how it stands. */
function prolong(deed: Deed | null, byMs: number): Deed | null {
  return deed === null ? null : { ...deed, stageUntilMs: deed.stageUntilMs + byMs };
}

/** What was seen before the gap is no evidence. `lostMs`: by how much our clock went on meanwhile; nothing in a suspension. */
export function discardEvidence(turn: Turn, lengthMs: number, lostMs: number): void {
  tell(turn, { type: 'node.changed', reason: 'clock.gap', detail: `${Math.round(lengthMs)} ms` });
  for (const [name, component] of Object.entries(turn.components)) {
    const probes = freshProbes(component, turn.nowMs);
    turn.components[name] = { ...component, freshFromMs: turn.nowMs, probes, deed: prolong(component.deed, lostMs) };
  }
  turn.node = { ...turn.node, sample: null, sampleDueAtMs: turn.nowMs };
  unsettleAll(turn);
}

function shiftDeed(deed: Deed, byMs: number): Deed {
  return {
    ...deed,
    begunAtMs: deed.begunAtMs + byMs,
    stageAtMs: deed.stageAtMs + byMs,
    stageUntilMs: deed.stageUntilMs + byMs,
  };
}

/**
 * State of an earlier boot in terms of this boot's clock, as if no time had passed between: waits and budgets can only become longer by it.
 */
function shiftComponent(component: Component, byMs: number): Component {
  const { pause, incident, deed } = component;
  return {
    ...component,
    sinceMs: component.sinceMs + byMs,
    unit: null,
    job: null,
    ending: null,
    notBeforeMs: component.notBeforeMs + byMs,
    spent: component.spent.map((spending) => ({ ...spending, atMs: spending.atMs + byMs })),
    pause: pause === null ? null : { ...pause, untilMs: pause.untilMs + byMs },
    incident: incident === null ? null : { ...incident, sinceMs: incident.sinceMs + byMs },
    deed: deed === null ? null : shiftDeed(deed, byMs),
  };
}

export function shiftBoot(state: State, nowMs: number): State {
  const byMs = nowMs - state.node.lastStepAtMs;
  const { node } = state;
  return {
    ...state,
    node: {
      ...node,
      forgetfulUntilMs: node.forgetfulUntilMs + byMs,
      pause: node.pause === null ? null : { ...node.pause, untilMs: node.pause.untilMs + byMs },
      reboots: node.reboots.map((reboot) => ({ ...reboot, atMs: reboot.atMs + byMs })),
      ready: { ...node.ready, sinceMs: node.ready.sinceMs + byMs },
    },
    components: Object.fromEntries(
      Object.entries(state.components).map(([name, component]) => [name, shiftComponent(component, byMs)]),
    ),
  };
}
