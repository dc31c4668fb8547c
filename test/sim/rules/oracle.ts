/** Looks on while a story is played, and notes every breach of S1 to S14. Each breach begins with the number of its rule. */
import type { Action, Remedial } from '../../../src/core/action.ts';
import type { Deed, State } from '../../../src/core/mend/state.ts';
import type { Transition } from '../../../src/core/transition.ts';
import type { Turned } from '../../../src/loop.ts';
import type { Called, Watcher } from '../../../src/sim/watcher.ts';
import type { World } from '../../../src/sim/world.ts';
import { beforeAction, spentNow } from './before-action.ts';
import { createKnowledge, type Knowledge, learn, type Part, partOfUnit } from './knowledge.ts';
import { rebootBreach } from './reboots.ts';
import { stretchBreach } from './stretch.ts';

export interface Breach {
  readonly rule: string;
  readonly what: string;
  readonly agendaMs: number;
}

export interface Oracle {
  readonly watcher: Watcher;
  readonly breaches: Breach[];
  readonly knowledge: Knowledge;
}

const slowSyncMs = 2_000;
/** More turns than this without any time passing is a loop that does not end. */
const mostTurnsAtOnce = 500;

interface Intent {
  readonly id: string;
  readonly component: string;
}

export function createOracle(world: () => World): Oracle {
  const knowledge = createKnowledge();
  const breaches: Breach[] = [];
  const everBegun = new Set<string>();
  /** Intents that have left the core and not yet reached the node, by unit, or by type for what has no unit. */
  const awaited = new Map<string, Intent>();
  const causes = new Map<string, string>();
  const failedRestart = new Map<string, string>();
  const reboots: number[] = [];
  /** What was saved last may be gone: the disk did not take it, or the power went off. */
  let lossy = false;
  let turnsAtOnce = 0;

  const breach = (what: string | null): void => {
    if (what !== null) breaches.push({ rule: what.split(' ')[0] ?? '', what, agendaMs: world().agenda.nowMs() });
  };
  const diskTrouble = (): boolean => world().machine.disk.full || world().machine.disk.syncMs > slowSyncMs;
  const keyOf = ({ type, unit }: { readonly type: string; readonly unit: string }): string =>
    type === 'node.reboot' || type === 'command.run' ? type : unit;

  function leave(action: Remedial): void {
    const part = knowledge.parts.get(action.component);
    if (part === undefined) {
      breach(`S4 acted on ${action.component}, which is not configured`);
      return;
    }
    if (everBegun.has(action.id)) breach(`S1 ${action.id} was begun twice`);
    everBegun.add(action.id);
    for (const rule of beforeAction) breach(rule({ action, part, knowledge }));
    if (action.type === 'node.reboot') breach(rebootBreach(part, knowledge, causes.get(action.component) ?? ''));
    if (
      action.type === 'unit.restart' &&
      failedRestart.get(action.component) === part.unit?.invocationId &&
      !part.asked
    )
      if (part.policy.ladder.some(({ remedy }) => remedy === 'kill'))
        breach(`S10 a restart of ${action.unit} was not verified, and the next rung is not taken`);
    if (!part.asked) {
      part.spent.push({ atMs: knowledge.agendaMs, own: true });
      part.lastOwn = { atMs: knowledge.agendaMs, spent: spentNow(part, knowledge.agendaMs) };
    }
    const disruptive = action.type !== 'unit.start' && part.unit?.activeState === 'active';
    const invocation = part.unit?.invocationId ?? '';
    part.open = { id: action.id, remedy: action.type, invocation, disruptive };
    part.asked = false;
    if (diskTrouble()) lossy = true;
    awaited.set(keyOf(action), { id: action.id, component: action.component });
  }

  function called(call: Called): void {
    const intent = awaited.get(keyOf(call));
    awaited.delete(keyOf(call));
    if (call.type === 'node.reboot') reboots.push(world().machine.trueMs());
    if (intent === undefined) {
      breach(`S1 ${call.type} of ${call.unit} without an intent, or a second time`);
      return;
    }
    const row = world().machine.disk.durableRow(`component:${intent.component}`) as {
      readonly deed: Deed | null;
    } | null;
    const written = row?.deed?.id === intent.id && row.deed.stage === 'acting';
    if (!written && (call.type === 'node.reboot' || !diskTrouble()))
      breach(`S1 ${call.type} of ${call.unit} before its intent was durable`);
    if (call.type === 'node.reboot') breach(tooManyReboots());
  }

  function tooManyReboots(): string | null {
    const nowMs = world().machine.trueMs();
    const within = (hours: number): number => reboots.filter((atMs) => nowMs - atMs < hours * 3_600_000).length;
    return within(6) > 1 || within(24) > 2 ? `S12 ${within(6)} reboots in 6 h, ${within(24)} in 24 h` : null;
  }

  /** S10: what is told as verified runs anew and answers well. */
  function ended(part: Part, ok: boolean, reason: string): void {
    const { open, unit } = part;
    part.open = null;
    if (open === null) return;
    if (reason === 'restart.not-verified' && open.remedy === 'unit.restart' && unit !== null)
      failedRestart.set(part.policy.name, unit.invocationId);
    if (!ok || reason !== 'restart.verified') return;
    const anew = unit !== null && unit.activeState === 'active' && unit.invocationId !== open.invocation;
    if (!anew) breach(`S10 ${open.id} is told as verified, but ${part.policy.unit} does not run anew`);
    for (const [name, { role }] of Object.entries(part.policy.probes)) {
      const last = part.looks.get(name)?.at(-1);
      if (role === 'vote' && (last?.verdict !== 'healthy' || last.startedAtMs < part.from.runMs))
        breach(`S10 ${open.id} is told as verified, but ${name} has not answered well since`);
    }
  }

  function hear(transition: Transition): void {
    if (transition.type === 'incident.opened') causes.set(transition.component, transition.reason);
    if (transition.type !== 'action.ended') return;
    const part = knowledge.parts.get(transition.component);
    if (part?.open?.id === transition.action) ended(part, transition.ok, transition.reason);
  }

  /** After a loss the agent cannot know more than what it found; after a boot its times have another origin. */
  function takeOver(state: State, everything: boolean): void {
    knowledge.pausedUntilMs = state.node.pause?.untilMs ?? 0;
    for (const [name, part] of knowledge.parts) {
      const found = state.components[name];
      part.pausedUntilMs = found?.pause?.untilMs ?? 0;
      part.from.runMs = 0;
      part.from.gapMs = 0;
      part.from.heldMs = 0;
      part.looks.clear();
      if (!everything) continue;
      part.open = null;
      part.spent = (found?.spent ?? []).map(({ atMs, by }) => ({
        atMs: world().machine.agendaMs(atMs),
        own: by === 'nodemend',
      }));
      const last = part.spent.findLast(({ own }) => own);
      part.lastOwn = last === undefined ? null : { atMs: last.atMs, spent: spentNow(part, last.atMs) };
    }
  }

  function begun(state: State): void {
    awaited.clear();
    for (const part of knowledge.parts.values())
      if (part.open !== null) part.open = { ...part.open, disruptive: false };
    if (booted || lossy) takeOver(state, lossy);
    booted = false;
    lossy = diskTrouble();
  }

  let booted = false;
  const watcher: Watcher = {
    turned: ({ event, step, nowMs }: Turned) => {
      const agendaMs = world().agenda.nowMs();
      turnsAtOnce = agendaMs === knowledge.agendaMs ? turnsAtOnce + 1 : 0;
      if (turnsAtOnce === mostTurnsAtOnce) breach('loop: it turns without end and without time passing');
      Object.assign(knowledge, { agendaMs, nowMs });
      learn(knowledge, event);
      if (event.type === 'agent.started') begun(step.state);
      if (event.type === 'action.finished') {
        const part = [...knowledge.parts.values()].find(({ open }) => open?.id === event.id);
        if (part?.open) part.open = { ...part.open, disruptive: false };
      }
      for (const transition of step.transitions) hear(transition);
      for (const action of step.actions) note(action);
      if (diskTrouble()) lossy = true;
    },
    called,
    agent: (what) => {
      if (what === 'died' || what === 'stopped') awaited.clear();
      if (what === 'halted') haltedAtMs = world().agenda.nowMs();
      if (what === 'resumed' && world().agenda.nowMs() - haltedAtMs >= 7_500)
        for (const part of knowledge.parts.values()) part.from.gapMs = world().machine.monotonicMs();
    },
    asked: (verb, unit) => {
      const part = partOfUnit(knowledge, unit);
      if (part === undefined) return;
      const { activeState } = world().machine.pidOne().read(unit);
      if (verb !== 'stop') part.stopped = false;
      else if (activeState === 'active' || activeState === 'activating') part.stopped = true;
    },
    happened: (what) => {
      if (what === 'boot') {
        booted = true;
        for (const part of knowledge.parts.values()) Object.assign(part, { stopped: false, open: null });
      }
      if (typeof what === 'object' && what.what === 'lose-power') lossy = true;
    },
  };
  let haltedAtMs = 0;

  function note(action: Action): void {
    if (action.type === 'probe.look') breach(stretchBreach(action, knowledge));
    if ('reason' in action) leave(action);
  }

  return { watcher, breaches, knowledge };
}
