/**
 * Plays a scenario in the virtual world and keeps what befell the node and what nodemend made of it, in the order of time. The same scenario gives the
 * same entries.
 */
import type { Scenario } from '../config/scenario.ts';
import type { TimedEvent } from '../config/scenario-events.ts';
import type { Reason } from '../core/reason.ts';
import { initialState, type State } from '../core/state.ts';
import type { Phase, Transition } from '../core/transition.ts';
import { createOutages } from './outages.ts';
import { happeningOf, serviceOf } from './story-of.ts';
import type { JobType } from './systemd/jobs.ts';
import { type ComponentTally, createTally } from './tally.ts';
import type { Watcher } from './watcher.ts';
import { createWorld, type World } from './world.ts';

/** What befell the node. */
export type Befallen =
  /** `missed`: the node was off, so nothing came of it. */
  | { readonly what: 'event'; readonly event: TimedEvent; readonly missed: boolean }
  | { readonly what: 'event.ended'; readonly event: TimedEvent }
  /** An operator asked nodemend for something and was refused; null: no agent was there to answer. */
  | { readonly what: 'refused'; readonly message: string | null }
  /** By a package's script. */
  | { readonly what: 'asked'; readonly verb: JobType; readonly unit: string }
  | { readonly what: 'agent'; readonly did: 'started' | 'died' | 'resumed' | 'stopped' }
  | { readonly what: 'boot' | 'power off' };

/** `atMs`: since the beginning, suspends among it. */
export type Entry = { readonly atMs: number } & ({ readonly befallen: Befallen } | { readonly transition: Transition });

export interface ComponentOutcome extends ComponentTally {
  readonly name: string;
  readonly unit: string;
  readonly phase: Phase;
  readonly reason: Reason;
  /** How long it did not serve; null when it never did. */
  readonly downMs: number | null;
}

export interface Simulation {
  readonly entries: readonly Entry[];
  readonly spanMs: number;
  readonly components: readonly ComponentOutcome[];
  readonly ready: boolean;
}

interface Paced {
  readonly event: TimedEvent;
  /** On the agenda, which stands still while the machine sleeps. */
  readonly atMs: number;
}

/** What would come while the machine sleeps comes when it wakes up. */
function pace({ events, spanMs }: Scenario): { readonly paced: readonly Paced[]; readonly untilMs: number } {
  let sleptMs = 0;
  let awakeMs = 0;
  const paced = events.map((event): Paced => {
    const atMs = Math.max(event.atMs - sleptMs, awakeMs);
    if (event.verb !== 'suspend') return { event, atMs };
    awakeMs = atMs;
    sleptMs += event.forMs ?? 0;
    return { event, atMs };
  });
  return { paced, untilMs: Math.max(spanMs - sleptMs, awakeMs) };
}

/** Puts an event on the agenda, and a word about it before it comes and after it is over. */
function schedule(world: World, { event, atMs }: Paced, scenario: Scenario, { befall, ...onlooker }: Onlooker): void {
  const { agenda, machine } = world;
  agenda.at(atMs, () => {
    befall({ what: 'event', event, missed: !machine.isUp() });
    onlooker.operates(event.verb === 'systemctl');
  });
  world.tell([{ atMs, happening: happeningOf(event, scenario) }]);
  agenda.at(atMs, () => onlooker.operates(false));
  if (event.forMs === null || event.verb === 'nodemend' || event.verb === 'agent') return;
  const sleeps = event.verb === 'suspend';
  agenda.at(sleeps ? atMs : atMs + event.forMs, () => befall({ what: 'event.ended', event }));
}

/** Keeps the entries, and what else an onlooker has to know. */
function createOnlooker(nowMs: () => number) {
  const entries: Entry[] = [];
  const tally = createTally();
  let state: State = initialState();
  let operator = false;

  function befall(befallen: Befallen): void {
    entries.push({ atMs: nowMs(), befallen });
  }

  const watcher: Watcher = {
    turned: ({ step }) => {
      state = step.state;
      for (const transition of step.transitions) {
        entries.push({ atMs: nowMs(), transition });
        tally.take(transition);
      }
    },
    happened: (what) => {
      if (what === 'boot' || what === 'power off') befall({ what });
    },
    agent: (did) => {
      // The event that froze it is told already.
      if (did !== 'halted') befall({ what: 'agent', did });
    },
    asked: (verb, unit) => {
      if (!operator) befall({ what: 'asked', verb, unit });
    },
    answered: (answer) => {
      if (answer?.ok !== true) befall({ what: 'refused', message: answer?.message ?? null });
    },
  };
  return {
    entries,
    tally,
    befall,
    watcher,
    state: () => state,
    /** While an operator's own command runs, which is told already. */
    operates: (does: boolean): void => {
      operator = does;
    },
  };
}

type Onlooker = ReturnType<typeof createOnlooker>;

export async function simulate(scenario: Scenario): Promise<Simulation> {
  const { seed, spanMs, units, config } = scenario;
  const onlooker = createOnlooker(() => world.machine.trueMs());
  const world: World = createWorld({
    seed,
    // The name of the machine on which this runs is nothing to the scenario.
    config: { ...config, node: config.node ?? 'node' },
    units: Object.entries(units).map(([name, file]) => serviceOf(name, file)),
    disabled: Object.keys(units).filter((name) => units[name]?.enabled === false),
    watcher: { ...onlooker.watcher, passed: () => outages.look() },
  });
  const outages = createOutages(world.machine, Object.keys(units));
  const { paced, untilMs } = pace(scenario);
  for (const one of paced) schedule(world, one, scenario, onlooker);
  await world.runTo(untilMs);
  const { node, components } = onlooker.state();
  return {
    entries: onlooker.entries,
    spanMs,
    components: Object.values(components).map(({ policy: { name, unit }, phase, reason }) => ({
      ...onlooker.tally.of(name),
      name,
      unit,
      phase,
      reason,
      downMs: outages.downMs(unit),
    })),
    ready: node.ready.ready,
  };
}
