/** Looks on while a story is played, and notes every breach of S1 to S14. */
import type { Action, Remedial } from '../../../src/core/action.ts';
import type { State } from '../../../src/core/mend/state.ts';
import type { Happening } from '../../../src/sim/happening.ts';
import type { Watcher } from '../../../src/sim/watcher.ts';
import type { World } from '../../../src/sim/world.ts';
import { beforeAction, spentNow } from './before-action.ts';
import { type Breach, type Case, isDiskInTrouble } from './case.ts';
import { createIntents } from './intents.ts';
import { createKnowledge, forget, gapMs, type Knowledge, learn } from './knowledge.ts';
import { createOutcomes } from './outcomes.ts';
import { rebootBreach } from './reboots.ts';
import { stretchBreach } from './stretch.ts';
import { type Loss, takeOver } from './takeover.ts';
import { createTraces } from './traces.ts';

export interface Oracle {
  readonly watcher: Watcher;
  readonly breaches: Breach[];
  readonly knowledge: Knowledge;
}

/** More turns than this without any time passing is a loop that does not end. */
const mostTurnsAtOnce = 500;
/** A halt of this length covers at least one sample, so the core cannot fail to notice the gap. */
const noticedHaltMs = 7_500;

export function createOracle(world: () => World, onBreach: (breach: Breach) => void = () => undefined): Oracle {
  const knowledge = createKnowledge();
  const breaches: Breach[] = [];
  const breach = (what: string | null): void => {
    if (what === null) return;
    const one = { rule: what.split(' ')[0] ?? '', what, agendaMs: world().agenda.nowMs() };
    breaches.push(one);
    onBreach(one);
  };
  const found: Case = { world, knowledge, breach };
  const intents = createIntents(found);
  const outcomes = createOutcomes(found);
  const traces = createTraces(found);
  /** What the next start of the agent cannot know. */
  let loss: Loss = 'none';
  /** The stored state was spoiled, and no start since has got as far as its first turn. */
  let spoiled = false;
  let turnsAtOnce = 0;
  let haltedAtMs = 0;

  function leave(action: Remedial): void {
    const part = knowledge.parts.get(action.component);
    intents.leave(action);
    if (part === undefined) {
      breach(`S4 acted on ${action.component}, which is not configured`);
      return;
    }
    for (const rule of beforeAction) breach(rule({ action, part, knowledge }));
    outcomes.leave(action, part);
    if (action.type === 'node.reboot') breach(rebootBreach(part, knowledge, outcomes.causeOf(action.component)));
    if (!part.asked) {
      part.spent.push({ atMs: knowledge.agendaMs, own: true });
      part.lastOwn = { atMs: knowledge.agendaMs, spent: spentNow(part, knowledge.agendaMs) };
    }
    const disruptive = action.type !== 'unit.start' && part.unit?.activeState === 'active';
    part.open = { id: action.id, remedy: action.type, invocation: part.unit?.invocationId ?? '', disruptive };
    part.asked = false;
  }

  function note(action: Action): void {
    if (action.type === 'probe.look') breach(stretchBreach(action, knowledge));
    if ('reason' in action) leave(action);
  }

  function countTurns(agendaMs: number): void {
    turnsAtOnce = agendaMs === knowledge.agendaMs ? turnsAtOnce + 1 : 0;
    if (turnsAtOnce === mostTurnsAtOnce) breach('loop: it turns without end and without time passing');
  }

  /** A start that found the state gone may have died at once: the next one has to be as careful (S8, S12). */
  function noteSpoiled(state: State): void {
    if (!spoiled || world().machine.disk.spoiled !== null) return;
    spoiled = false;
    forget(knowledge);
    if (state.node.forgetfulUntilMs <= knowledge.nowMs) breach('S8 the state was lost, and that is forgotten');
    // Whose failure was reset is left as if it had been stopped.
    for (const { facts } of world().machine.installed) {
      const { activeState, result } = world().machine.pidOne().read(facts.name);
      if (activeState === 'inactive' && result === 'success') knowledge.undecided.add(facts.name);
    }
  }

  const isDown = (unit: string): boolean => {
    const { activeState } = world().machine.pidOne().read(unit);
    return activeState === 'inactive' || activeState === 'failed';
  };

  function befell(what: Happening): void {
    if (what.what === 'lose-power') loss = 'memory';
    if (what.what === 'spoil-state') spoiled = true;
    // It may take effect although the agent dies before anybody hears of it.
    if (what.what === 'resume') learn(knowledge, { type: 'resume.asked', component: what.component });
    if (what.what !== 'systemctl' || !isDown(what.unit)) return;
    // Disabled while it is down: nobody wants it up until somebody starts or enables it.
    if (what.verb === 'disable' && !knowledge.unwanted.has(what.unit)) knowledge.givenUp.add(what.unit);
    if (what.verb === 'disable') knowledge.unwanted.add(what.unit);
    // Nothing that systemd keeps tells a clean exit of a masked unit, which is not restarted, from a stop.
    const { result } = world().machine.pidOne().read(what.unit);
    if (what.verb === 'unmask' && result === 'success') knowledge.undecided.add(what.unit);
    if (what.verb === 'enable' && knowledge.givenUp.delete(what.unit)) knowledge.unwanted.delete(what.unit);
  }

  /** systemd starts what is enabled, and what is not stays down. */
  function booted(): void {
    if (loss === 'none') loss = 'clock';
    knowledge.unwanted.clear();
    knowledge.givenUp.clear();
    knowledge.undecided.clear();
    for (const { facts, enabled, masked } of world().machine.installed)
      if (!enabled || masked) knowledge.unwanted.add(facts.name);
    for (const part of knowledge.parts.values()) Object.assign(part, { unit: null, open: null });
  }

  /** The agent was stopped for so long: what it saw before, of the host too, says nothing any more (S13). */
  function resumed(afterMs: number): void {
    if (afterMs >= gapMs) knowledge.sample = null;
    if (afterMs < noticedHaltMs) return;
    for (const part of knowledge.parts.values()) part.from.gapMs = world().machine.monotonicMs();
  }

  const watcher: Watcher = {
    turned: ({ event, step, nowMs }) => {
      const agendaMs = world().agenda.nowMs();
      countTurns(agendaMs);
      Object.assign(knowledge, { agendaMs, nowMs });
      // Turns that come so late are gaps in time, each of which makes the sample void (S13).
      if (world().machine.host.lagMs >= gapMs) knowledge.sample = null;
      learn(knowledge, event);
      if (event.type === 'unit.changed') traces.see(event.unit);
      if (event.type === 'agent.started') {
        noteSpoiled(step.state);
        takeOver(found, step.state, loss);
        outcomes.takeOver(step.state);
        traces.forget();
        loss = 'none';
      }
      if (event.type === 'action.finished') {
        const part = [...knowledge.parts.values()].find(({ open }) => open?.id === event.id);
        if (part?.open) part.open = { ...part.open, disruptive: false };
      }
      for (const transition of step.transitions) outcomes.hear(transition);
      for (const action of step.actions) note(action);
      if (isDiskInTrouble(found)) loss = 'memory';
    },
    rested: ({ state, looks }) => {
      Object.assign(knowledge, { agendaMs: world().agenda.nowMs(), nowMs: state.node.lastStepAtMs });
      for (const look of looks) learn(knowledge, { type: 'probe.observed', ...look });
    },
    called: intents.called,
    agent: (what) => {
      if (what === 'started') intents.begun();
      if (what === 'halted') haltedAtMs = world().agenda.nowMs();
      if (what === 'resumed') resumed(world().agenda.nowMs() - haltedAtMs);
    },
    asked: (verb, unit, merged) => {
      // Who stops what is down already may mean that it is to stay so, or say nothing by it. Of a stop while one is under way systemd tells nothing.
      if (verb === 'stop' && (merged || isDown(unit))) {
        knowledge.undecided.add(unit);
        return;
      }
      knowledge.undecided.delete(unit);
      knowledge.givenUp.delete(unit);
      if (verb === 'stop') knowledge.unwanted.add(unit);
      else knowledge.unwanted.delete(unit);
    },
    happened: (what) => {
      if (typeof what === 'object') befell(what);
      if (what === 'boot') booted();
    },
  };

  return { watcher, breaches, knowledge };
}
