/**
 * A small virtual node for tests of the core: units that obey start, restart and kill at once, probes that answer as told, time that passes
 * when told. It records every action and transition. It drives the very `step` that the daemon runs.
 */
import type { Action, Remedial } from '../../src/core/action.ts';
import type { Event } from '../../src/core/event.ts';
import type { Observation } from '../../src/core/mend/observation.ts';
import type { ComponentPolicy, NodePolicy } from '../../src/core/mend/policy.ts';
import { type Component, initialState, type State } from '../../src/core/mend/state.ts';
import type { Unit, UnitSettings } from '../../src/core/mend/unit.ts';
import type { Reason } from '../../src/core/reason.ts';
import { step } from '../../src/core/step.ts';
import type { Phase, Transition } from '../../src/core/transition.ts';

export const settings = (changes: Partial<UnitSettings> = {}): UnitSettings => ({
  type: 'notify',
  restart: 'always',
  restartMs: 5_000,
  startLimitBurst: 5,
  startLimitIntervalMs: 10_000,
  killMode: 'process',
  watchdogMs: 0,
  timeoutStartMs: 90_000,
  timeoutStopMs: 90_000,
  stopsWith: [],
  ...changes,
});

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
  ...changes,
});

export interface Answer {
  readonly verdict: Observation['verdict'];
  readonly reason: Reason;
  /** How long the look takes; a look that times out takes its whole deadline. */
  readonly tookMs?: number | 'deadline';
}

export const good: Answer = { verdict: 'healthy', reason: 'probe.ok', tookMs: 2 };
export const silent: Answer = { verdict: 'unhealthy', reason: 'probe.timeout', tookMs: 'deadline' };
export const sick: Answer = { verdict: 'unhealthy', reason: 'probe.http-status', tookMs: 2 };
export const denied: Answer = { verdict: 'unknown', reason: 'probe.denied', tookMs: 2 };

/** How a unit takes an action: it runs anew, it fails again at once, or nothing is ever heard of the job. */
export type Obedience = 'runs' | 'fails' | 'mute';

interface Due {
  readonly atMs: number;
  readonly event: Event;
}

const isRemedial = (action: Action): action is Remedial => 'timeoutMs' in action && 'id' in action;

export interface World {
  state(): State;
  nowMs(): number;
  component(name: string): Component;
  phase(name: string): Phase;
  send(event: Event): void;
  advance(ms: number): void;
  /** Sets what the probe `component/probe` answers from now on. */
  answer(lane: string, answer: Answer): void;
  obey(unit: string, how: Obedience): void;
  unit(name: string): Unit;
  change(name: string, changes: Partial<Unit>): void;
  /** The unit runs (anew). */
  run(name: string, changes?: Partial<Unit>): void;
  /** SIGKILL to the main process; with Restart= it goes to auto-restart. */
  crash(name: string, changes?: Partial<Unit>): void;
  /** The main process exits 0 by itself. */
  exit(name: string): void;
  /** systemctl stop. */
  stop(name: string, job?: number): void;
  remedial(): Remedial[];
  transitions(): Transition[];
  /** Forgets what was recorded so far. */
  forget(): void;
  host(changes: Partial<{ pressure: number; loopLagMs: number; packageManager: string | null }>): void;
  /** Replaces the state by itself after a round through JSON, as a restart of the agent does, and starts anew. */
  restartAgent(bootId?: string): void;
  /** No tick and no reply for so long: the agent was stopped. */
  freeze(ms: number): void;
}

const stoppedUnit = (name: string, changes: Partial<Unit> = {}): Unit => ({
  id: `${name}.service`,
  loadState: 'loaded',
  activeState: 'inactive',
  subState: 'dead',
  result: 'success',
  unitFileState: 'enabled',
  freezerState: 'running',
  conditionResult: true,
  mainPid: 0,
  invocationId: '',
  nRestarts: 0,
  job: 0,
  inactiveExitAtMs: null,
  activeEnterAtMs: null,
  activeExitAtMs: null,
  inactiveEnterAtMs: null,
  stateChangeAtMs: null,
  execMainExitAtMs: null,
  execMainCode: 0,
  execMainStatus: 0,
  needDaemonReload: false,
  controlGroup: `/system.slice/${name}.service`,
  settings: settings(),
  ...changes,
});

export function createWorld(policies: readonly ComponentPolicy[], ready: Partial<NodePolicy['ready']> = {}): World {
  let state: State = initialState();
  let now = 1_000_000;
  let wake: number | null = null;
  let serial = 0;
  let sample = { pressure: 0, loopLagMs: 0, packageManager: null as string | null };
  const units = new Map<string, Unit>();
  const answers = new Map<string, Answer>();
  const obedience = new Map<string, Obedience>();
  let due: Due[] = [];
  let acted: Remedial[] = [];
  let told: Transition[] = [];
  const nodePolicy: NodePolicy = {
    node: 'test',
    ready: { downAfterMs: 1_000, upAfterMs: 5_000, staleAfterMs: 60_000, failOpen: true, ...ready },
    components: policies,
  };

  const later = (ms: number, event: Event): void => {
    due.push({ atMs: now + ms, event });
  };

  function obeyRemedy(action: Remedial): void {
    const name = action.unit.replace('.service', '');
    const how = obedience.get(name) ?? 'runs';
    if (how === 'mute' || action.type === 'command.run' || action.type === 'node.reboot') return;
    if (how === 'runs') world.run(name);
    else world.crash(name, { activeState: 'failed', subState: 'failed', invocationId: `run-${++serial}` });
    later(1, {
      type: 'action.finished',
      id: action.id,
      result:
        how === 'runs'
          ? { ok: true, reason: 'action.done', detail: '' }
          : { ok: false, reason: 'action.failed', detail: '' },
    });
  }

  function look({ component, probe, timeoutMs }: Extract<Action, { type: 'probe.look' }>): void {
    const { verdict, reason, tookMs = 2 } = answers.get(`${component}/${probe}`) ?? good;
    const durationMs = tookMs === 'deadline' ? timeoutMs : tookMs;
    const observation: Observation = { verdict, reason, detail: '', startedAtMs: now, durationMs };
    later(durationMs, { type: 'probe.observed', component, probe, observation });
  }

  function perform(action: Action): void {
    if (action.type === 'host.sample') later(1, { type: 'host.sampled', sample });
    else if (action.type === 'evidence.capture') later(1, { type: 'evidence.captured', id: action.id });
    else if (action.type === 'probe.look') look(action);
    else if (isRemedial(action)) {
      acted.push(action);
      obeyRemedy(action);
    }
  }

  function send(event: Event): void {
    const result = step(state, event, now);
    state = result.state;
    wake = result.wakeAtMs;
    told.push(...result.transitions);
    for (const action of result.actions) perform(action);
  }

  function advance(ms: number): void {
    const end = now + ms;
    for (;;) {
      const next = due.reduce<Due | null>((a, b) => (a === null || b.atMs < a.atMs ? b : a), null);
      const at = Math.min(next?.atMs ?? Infinity, wake === null ? Infinity : Math.max(wake, now));
      if (at > end) break;
      now = at;
      if (next !== null && next.atMs === at) {
        due = due.filter((one) => one !== next);
        send(next.event);
      } else {
        wake = null;
        send({ type: 'tick' });
      }
    }
    now = end;
  }

  function change(name: string, changes: Partial<Unit>): void {
    const unit = { ...(units.get(name) ?? stoppedUnit(name)), stateChangeAtMs: now, ...changes };
    units.set(name, unit);
    send({ type: 'unit.changed', unit });
  }

  function get(name: string): Unit {
    const unit = units.get(name);
    if (unit === undefined) throw new Error(`no unit ${name} in this world`);
    return unit;
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
    send,
    advance,
    answer: (lane, answer) => answers.set(lane, answer),
    obey: (unit, how) => obedience.set(unit, how),
    unit: get,
    change,
    run: (name, changes = {}) => {
      serial += 1;
      const times = { inactiveExitAtMs: now, activeEnterAtMs: now };
      const run = {
        activeState: 'active',
        subState: 'running',
        result: 'success',
        mainPid: 100 + serial,
        execMainCode: 0,
      } as const;
      change(name, { ...run, ...times, invocationId: `run-${serial}`, job: 0, ...changes });
    },
    crash: (name, changes = {}) => {
      const { restart } = get(name).settings;
      const auto =
        restart === 'no'
          ? { activeState: 'failed', subState: 'failed' }
          : { activeState: 'activating', subState: 'auto-restart' };
      const times = { execMainExitAtMs: now, activeExitAtMs: now };
      change(name, {
        ...times,
        result: 'signal',
        mainPid: 0,
        execMainCode: 2,
        execMainStatus: 9,
        ...(auto as Partial<Unit>),
        ...changes,
      });
    },
    exit: (name) => {
      const times = { execMainExitAtMs: now, activeExitAtMs: now };
      change(name, {
        ...times,
        activeState: 'inactive',
        subState: 'dead',
        result: 'success',
        mainPid: 0,
        execMainCode: 1,
        execMainStatus: 0,
      });
    },
    stop: (name, job = ++serial) => {
      send({ type: 'job.started', unit: `${name}.service`, job });
      change(name, { activeState: 'deactivating', subState: 'stop-sigterm', activeExitAtMs: now, job });
      now += 1;
      change(name, {
        activeState: 'inactive',
        subState: 'dead',
        result: 'success',
        execMainExitAtMs: now,
        mainPid: 0,
        execMainCode: 1,
      });
      send({ type: 'job.ended', unit: `${name}.service`, job, result: 'done' });
      change(name, { job: 0 });
    },
    remedial: () => acted,
    transitions: () => told,
    forget: () => {
      acted = [];
      told = [];
    },
    host: (changes) => {
      sample = { ...sample, ...changes };
    },
    restartAgent: (bootId = state.node.bootId) => {
      state = JSON.parse(JSON.stringify(state)) as State;
      due = [];
      send({ type: 'agent.started', bootId, seed: 7, store: 'ok' });
      send({ type: 'config.loaded', policy: nodePolicy });
      send({ type: 'bus.connected' });
      for (const unit of units.values()) send({ type: 'unit.changed', unit });
    },
    freeze: (ms) => {
      now += ms;
      send({ type: 'tick' });
    },
  };

  send({ type: 'agent.started', bootId: 'boot-one', seed: 7, store: 'ok' });
  send({ type: 'config.loaded', policy: nodePolicy });
  send({ type: 'bus.connected' });
  for (const { name } of policies) world.run(name);
  return world;
}
