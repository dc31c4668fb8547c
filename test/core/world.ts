/**
 * A small virtual node for tests of the core: units that systemd runs, probes that answer as the units do, or as told, and time that passes
 * when told. It records every event, action and transition, and drives the very `step` that the daemon runs.
 */
import type { Action, Remedial } from '../../src/core/action.ts';
import type { ActionResult, Event, HostSample, StoreHealth } from '../../src/core/event.ts';
import type { Observation } from '../../src/core/mend/observation.ts';
import type { ComponentPolicy, NodePolicy } from '../../src/core/mend/policy.ts';
import type { Component } from '../../src/core/mend/state.ts';
import type { UnitSettings } from '../../src/core/mend/unit.ts';
import type { Reason } from '../../src/core/reason.ts';
import { initialState, type State } from '../../src/core/state.ts';
import { step } from '../../src/core/step.ts';
import type { Phase, Transition } from '../../src/core/transition.ts';
import { createVirtualUnit, type VirtualUnit } from './virtual-unit.ts';

export const policy = (name: string, changes: Partial<ComponentPolicy> = {}): ComponentPolicy => ({
  name,
  unit: `${name}.service`,
  preset: null,
  critical: true,
  after: [],
  probes: {
    vote: { target: { kind: 'unit' }, role: 'vote', everyMs: 5_000, timeoutMs: 3_000 },
    witness: { target: { kind: 'unit' }, role: 'witness', everyMs: 5_000, timeoutMs: 5_000 },
  },
  hang: { failures: 3, of: 5, forMs: 15_000 },
  graceMs: 30_000,
  ladder: [{ remedy: 'restart' }, { remedy: 'kill' }],
  budget: { actions: 3, perMs: 900_000 },
  backoff: { firstMs: 1_000, factor: 2, maxMs: 300_000, jitter: 0.2 },
  hostsContainers: false,
  dumpsOnUsr1: false,
  startsWithPeers: false,
  ...changes,
});

export interface Answer {
  readonly verdict: Observation['verdict'];
  readonly reason: Reason;
  /** How long the look takes, 2 ms unless it is said; `deadline` is the whole of it. */
  readonly tookMs?: number | 'deadline';
}

export const good: Answer = { verdict: 'healthy', reason: 'probe.ok', tookMs: 2 };
export const silent: Answer = { verdict: 'unhealthy', reason: 'probe.timeout', tookMs: 'deadline' };
export const refused: Answer = { verdict: 'unhealthy', reason: 'probe.refused', tookMs: 1 };
export const sick: Answer = { verdict: 'unhealthy', reason: 'probe.http-status', tookMs: 2 };
export const denied: Answer = { verdict: 'unknown', reason: 'probe.denied', tookMs: 2 };
export const initializing: Answer = { verdict: 'unknown', reason: 'probe.initializing', tookMs: 2 };

/** One call of `step`, as it was. */
export interface Turned {
  readonly nowMs: number;
  readonly event: Event;
  readonly before: State;
  readonly after: State;
  readonly actions: readonly Action[];
  readonly transitions: readonly Transition[];
  readonly wakeAtMs: number | null;
}

interface Due {
  readonly atMs: number;
  readonly order: number;
  /** What comes from the agent's own performers is lost when the agent ends. */
  readonly ours: boolean;
  readonly then: () => void;
}

export interface WorldOptions {
  readonly ready?: Partial<NodePolicy['ready']>;
  readonly units?: Readonly<Record<string, Partial<UnitSettings>>>;
  /** Units that are not started when the world begins. */
  readonly down?: readonly string[];
}

export interface World {
  state(): State;
  nowMs(): number;
  component(name: string): Component;
  phase(name: string): Phase;
  unit(name: string): VirtualUnit;
  send(event: Event): void;
  advance(ms: number): void;
  /** Sets what `component/probe` answers from now on, the same or in turn; null: what the unit would. */
  answer(lane: string, answer: Answer | readonly Answer[] | null): void;
  /** What the performers do from now on: carry actions and evidence out, or never report back. */
  perform(how: 'well' | 'mute'): void;
  evidenceNeverComes(): void;
  /** What the agent's own performers were about to report is lost. */
  killPerformers(): void;
  /** systemctl stop, with what stops along. */
  stop(name: string): void;
  host(changes: Partial<HostSample>): void;
  loadPolicies(policies: readonly ComponentPolicy[]): void;
  loseBus(): void;
  findBus(): void;
  /** SIGKILL to the agent; what it had saved is all that is left. */
  killAgent(): void;
  /** The agent dies the moment it has saved its next remedial intent: `before` or just `after` the call to systemd. */
  killAgentAtAction(when: 'before' | 'after' | null): void;
  startAgent(options?: { readonly bootId?: string; readonly store?: StoreHealth }): void;
  restartAgent(bootId?: string): void;
  /** The machine is suspended for so long; the monotonic clock stands still meanwhile. */
  suspend(ms: number): void;
  /** SIGSTOP to the agent for so long. */
  stall(ms: number): void;
  isAgentUp(): boolean;
  remedial(): Remedial[];
  transitions(): Transition[];
  told<Type extends Transition['type']>(type: Type): Extract<Transition, { type: Type }>[];
  turns(): readonly Turned[];
  /** Forgets the actions and transitions recorded so far. */
  forget(): void;
}

/** Two virtual days of a small node; more in a test means that the core wakes itself in vain. */
const mostTurns = 200_000;

const nameOf = (unit: string): string => unit.replace('.service', '');
const isRemedial = (action: Action): action is Remedial => 'timeoutMs' in action && 'id' in action;
const results: Readonly<Record<string, ActionResult>> = {
  done: { ok: true, reason: 'action.done', detail: '' },
  canceled: { ok: false, reason: 'action.canceled', detail: '' },
  failed: { ok: false, reason: 'action.failed', detail: 'the job failed' },
};

export function createWorld(policies: readonly ComponentPolicy[], options: WorldOptions = {}): World {
  let state: State = initialState();
  let now = 1_000_000;
  let wake: number | null = null;
  let serial = 0;
  let order = 0;
  let sample: HostSample = { pressure: 0, loopLagMs: 0, packageManager: null, suspendedMs: 0 };
  let how: 'well' | 'mute' = 'well';
  let evidence = true;
  let up = false;
  let connected = false;
  let stalled: Event[] | null = null;
  let dieAt: 'before' | 'after' | null = null;
  const units = new Map<string, VirtualUnit>();
  const answers = new Map<string, Answer[]>();
  let due: Due[] = [];
  let acted: Remedial[] = [];
  let told: Transition[] = [];
  const turned: Turned[] = [];
  let nodePolicy: NodePolicy = {
    node: 'test',
    ready: { downAfterMs: 1_000, upAfterMs: 5_000, staleAfterMs: 60_000, failOpen: true, ...options.ready },
    components: policies,
  };

  const plan = (ms: number, ours: boolean, then: () => void): void => {
    order += 1;
    due.push({ atMs: now + ms, order, ours, then });
  };
  const later = (ms: number, event: Event): void => plan(ms, true, () => send(event));

  function unit(name: string): VirtualUnit {
    const one = units.get(name);
    if (one === undefined) throw new Error(`no unit ${name} in this world`);
    return one;
  }

  function answerOf({ component, probe, unit: id }: Extract<Action, { type: 'probe.look' }>): Answer {
    const { program, get } = unit(nameOf(id));
    const queue = answers.get(`${component}/${probe}`);
    const told = queue?.shift();
    if (told !== undefined) queue?.push(told);
    if (program.frozen) return silent;
    return told ?? (get().activeState === 'active' ? good : refused);
  }

  function remedy(action: Remedial): void {
    if (how === 'mute') return;
    const one = unit(nameOf(action.unit));
    const finish = (result: string): void => {
      const said = results[result] ?? results['failed'];
      if (said !== undefined) later(1, { type: 'action.finished', id: action.id, result: said });
    };
    if ('resetFailed' in action && action.resetFailed) one.resetFailed();
    if (action.type === 'unit.start') one.start(finish);
    if (action.type === 'unit.restart') one.restart(finish);
    if (action.type === 'unit.kill') {
      one.crash();
      one.restart(finish);
    }
    if (action.type === 'command.run' || action.type === 'node.reboot') finish('done');
  }

  function perform(action: Action): void {
    if (action.type === 'host.sample') plan(1, true, () => send({ type: 'host.sampled', sample }));
    else if (action.type === 'evidence.capture') {
      if (evidence && how === 'well') later(1, { type: 'evidence.captured', id: action.id });
    } else if (action.type === 'probe.look') {
      const { component, probe, timeoutMs } = action;
      const { verdict, reason, tookMs = 2 } = answerOf(action);
      const durationMs = tookMs === 'deadline' ? timeoutMs : tookMs;
      const observation: Observation = { verdict, reason, detail: '', startedAtMs: now, durationMs };
      later(durationMs, { type: 'probe.observed', component, probe, observation });
    } else if (isRemedial(action)) {
      const diesFirst = dieAt === 'before';
      if (!diesFirst) {
        acted.push(action);
        remedy(action);
      }
      if (dieAt !== null) killAgent();
    }
  }

  function send(event: Event): void {
    if (!up) return;
    if (stalled !== null) {
      stalled.push(event);
      return;
    }
    const before = state;
    const { actions, transitions, wakeAtMs, state: after } = step(before, event, now);
    state = after;
    wake = wakeAtMs;
    told.push(...transitions);
    if (turned.length > mostTurns) throw new Error(`more than ${mostTurns} turns: the core spins`);
    turned.push({ nowMs: now, event, before, after, actions, transitions, wakeAtMs });
    for (const action of actions) if (up) perform(action);
  }

  /** What systemd tells reaches the agent over the bus alone. */
  const signal = (event: Event): void => {
    if (connected) send(event);
  };

  function advance(ms: number): void {
    const end = now + ms;
    for (;;) {
      const next = due.reduce<Due | null>(
        (a, b) => (a === null || b.atMs < a.atMs || (b.atMs === a.atMs && b.order < a.order) ? b : a),
        null,
      );
      const timerMs = wake === null || !up || stalled !== null ? Infinity : Math.max(wake, now);
      const at = Math.min(next?.atMs ?? Infinity, timerMs);
      if (at > end) break;
      now = at;
      if (next !== null && next.atMs === at) {
        due = due.filter((one) => one !== next);
        next.then();
      } else {
        wake = null;
        send({ type: 'tick' });
      }
    }
    now = end;
  }

  function killAgent(): void {
    up = false;
    connected = false;
    dieAt = null;
    due = due.filter((one) => !one.ours);
  }

  function findBus(): void {
    connected = true;
    send({ type: 'bus.connected' });
    for (const one of units.values()) signal({ type: 'unit.changed', unit: one.get() });
  }

  function startAgent(found: { readonly bootId?: string; readonly store?: StoreHealth } = {}): void {
    const { bootId = state.node.bootId, store = 'ok' } = found;
    up = true;
    state = store === 'lost' ? initialState() : (JSON.parse(JSON.stringify(state)) as State);
    send({ type: 'agent.started', bootId, seed: 7, store });
    send({ type: 'config.loaded', policy: nodePolicy });
    findBus();
  }

  function addUnits(wanted: readonly ComponentPolicy[]): void {
    for (const { unit: id } of wanted) {
      const name = nameOf(id);
      if (units.has(name)) continue;
      const around = {
        nowMs: () => now,
        later: (ms: number, then: () => void) => plan(ms, false, then),
        nextSerial: () => ++serial,
        changed: (changed: ReturnType<VirtualUnit['get']>) => signal({ type: 'unit.changed', unit: changed }),
        jobStarted: (unit: string, job: number) => signal({ type: 'job.started', unit, job }),
        jobEnded: (unit: string, job: number, result: string) => signal({ type: 'job.ended', unit, job, result }),
      };
      units.set(name, createVirtualUnit(name, around, options.units?.[name]));
      if (!options.down?.includes(name)) unit(name).start();
    }
  }

  const world: World = {
    state: () => state,
    nowMs: () => now,
    component: (name) => {
      const component = state.components[name];
      if (component === undefined) throw new Error(`no component ${name} in this world`);
      return component;
    },
    phase: (name) => world.component(name).phase,
    unit,
    send,
    advance,
    answer: (lane, answer) => {
      if (answer === null) answers.delete(lane);
      else answers.set(lane, [answer].flat());
    },
    perform: (wished) => {
      how = wished;
    },
    evidenceNeverComes: () => {
      evidence = false;
    },
    suspend: (ms) => {
      sample = { ...sample, suspendedMs: sample.suspendedMs + ms };
    },
    killPerformers: () => {
      due = due.filter((one) => !one.ours);
    },
    stop: (name) => {
      const anchor = ++serial;
      signal({ type: 'job.started', unit: `${name}.service`, job: anchor });
      const along = [...units.values()].filter(
        (one) => one.get().settings.stopsWith.includes(`${name}.service`) && one.get().mainPid !== 0,
      );
      for (const one of along) one.stop();
      plan(along.length === 0 ? 0 : 2, false, () => unit(name).stop(undefined, anchor));
      advance(5);
    },
    host: (changes) => {
      sample = { ...sample, ...changes };
    },
    loadPolicies: (wanted) => {
      nodePolicy = { ...nodePolicy, components: wanted };
      addUnits(wanted);
      send({ type: 'config.loaded', policy: nodePolicy });
      for (const one of units.values()) signal({ type: 'unit.changed', unit: one.get() });
    },
    loseBus: () => {
      connected = false;
      send({ type: 'bus.lost', detail: 'gone' });
    },
    findBus,
    killAgent,
    killAgentAtAction: (when) => {
      dieAt = when;
    },
    startAgent,
    restartAgent: (bootId = state.node.bootId) => {
      killAgent();
      startAgent({ bootId });
    },
    stall: (ms) => {
      stalled = [];
      advance(ms);
      const missed = stalled;
      stalled = null;
      send({ type: 'tick' });
      for (const event of missed) send(event);
    },
    isAgentUp: () => up,
    remedial: () => acted,
    transitions: () => told,
    told: (type) => told.filter((one): one is Extract<Transition, { type: typeof type }> => one.type === type),
    turns: () => turned,
    forget: () => {
      acted = [];
      told = [];
    },
  };

  state = { ...state, node: { ...state.node, bootId: 'boot-one' } };
  addUnits(policies);
  startAgent();
  return world;
}
