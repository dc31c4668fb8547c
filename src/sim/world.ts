/**
 * The virtual world: a node with its agent, and time that passes as fast as it can be computed. The same seed, units, configuration and story give the
 * same run.
 */
import type { Config } from '../config/schema.ts';
import { type Agenda, createAgenda } from './agenda.ts';
import { type Agent, createAgent, sampleMs, sampleOf } from './agent.ts';
import { befall, heal, type Stage } from './befall.ts';
import type { Scheduled } from './happening.ts';
import type { Point } from './life.ts';
import { createMachine, type Machine, type Tenant } from './machine.ts';
import { lookingAt } from './prober.ts';
import { rest, type Surroundings } from './rest.ts';
import type { ServiceFacts } from './systemd/facts.ts';
import { noUnitAilments } from './systemd/program.ts';
import type { Watcher } from './watcher.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly config: Config;
  readonly units: readonly ServiceFacts[];
  /** Names of the units that are disabled. */
  readonly disabled?: readonly string[];
  readonly watcher?: Watcher;
  /** Whether spans in which nothing happens are passed over; the outcome is the same. */
  readonly rests?: boolean;
  /** Asked at every place where the agent can die. */
  readonly dies?: (point: Point) => boolean;
}

export interface World extends Stage {
  readonly agenda: Agenda;
  /** Puts a story on the agenda. */
  tell(story: readonly Scheduled[]): void;
  /** Lets time pass as far as this, in milliseconds since the world began. */
  runTo(untilMs: number): Promise<void>;
  /** The faults stop. */
  heal(): void;
}

/** Where nothing could be passed over it is not tried again at once. */
const restlessMs = 500;

export function createWorld(options: WorldOptions): World {
  const { seed, config, units, disabled = [], watcher = {}, rests = true, dies = () => false } = options;
  const agenda = createAgenda();
  const installed = units.map((facts) => ({
    facts,
    ailments: noUnitAilments(),
    enabled: !disabled.includes(facts.name),
    masked: false,
  }));
  const tenant = (): Tenant => agent;
  const machine: Machine = createMachine({ agenda, seed, installed, watcher, tenant });
  const agent: Agent = createAgent(() => machine, config, dies);
  const stage: Stage = { machine, agent };
  let restsFromMs = 0;
  agenda.at(0, machine.boot);

  /** Passes over what is left until the next thing that is on the agenda beside the agent's own timer. */
  function restTo(untilMs: number): void {
    const state = agent.state();
    const life = agent.life();
    if (state === null || life === null || !life.idle() || agenda.nowMs() < restsFromMs) return;
    restsFromMs = agenda.nowMs() + restlessMs;
    const saved = agent.saved();
    // What the disk does at the next sample is known as long as it goes on refusing or taking.
    if (machine.host.lagMs > 0 || machine.disk.full !== saved.behind || isInitializing()) return;
    const nextMs = agent.nextOtherMs() ?? untilMs;
    const rested = rest(state, machine.monotonicOf(Math.min(untilMs, nextMs)), {
      lookingAt: looking,
      sample: sampleOf(machine),
      sampleMs,
      savedAtMs: saved.behind ? Infinity : saved.atMs,
    });
    if (rested === null) return;
    for (const atMs of rested.savesAtMs) {
      agenda.passTo(machine.agendaMs(atMs));
      agent.saveAsOf(rested.state, atMs);
    }
    agenda.passTo(machine.agendaMs(rested.state.node.lastStepAtMs));
    agent.restTo(rested.state);
    watcher.rested?.(rested);
  }

  const looking: Surroundings['lookingAt'] = ({ policy }, probe, lane) =>
    lookingAt(machine, lane, policy.unit, policy.probes[probe]?.target.kind ?? 'unit');

  /** What initializes answers otherwise after a while, and nothing on the agenda tells. */
  const isInitializing = (): boolean =>
    units.some(({ name }) => machine.pidOne().answer(name, 'http').reason === 'probe.initializing');

  async function runTo(untilMs: number): Promise<void> {
    for (;;) {
      if (rests) restTo(untilMs);
      const nextMs = agenda.nextAtMs();
      if (nextMs === null || nextMs > untilMs) break;
      agenda.turn();
      watcher.passed?.();
      if (agent.isStirred()) await agent.settled();
    }
    agenda.passTo(untilMs);
  }

  return {
    ...stage,
    agenda,
    tell: (story) => {
      for (const { atMs, happening } of story) {
        agenda.at(atMs, () => {
          watcher.happened?.(happening);
          befall(stage, happening);
        });
      }
    },
    runTo,
    heal: () => heal(stage),
  };
}
