/**
 * The agent's process on the virtual node: the very loop, performers, publisher, configurator and store keeper of the daemon, over virtual ports. It is
 * started by the virtual systemd whenever it has died, as nodemend.service says.
 */
import { createAsks } from '../asks.ts';
import type { Config } from '../config/schema.ts';
import type { Event, HostSample } from '../core/event.ts';
import { initialState, type State } from '../core/state.ts';
import { createLoop, type Loop } from '../loop.ts';
import { createPerform } from '../perform.ts';
import type { Clock, EvidenceCollector, Host, Store } from '../ports.ts';
import { createPublish, type Publish } from '../publish.ts';
import type { Ask } from '../serve/view.ts';
import { createKeeper } from '../store/keeper.ts';
import type { Entry } from './agenda.ts';
import { type BusEnd, createBus } from './bus.ts';
import { configuratorOf } from './configurator.ts';
import { noBackups, noControlPlane } from './control-plane.ts';
import { createLife, type Life, type Point } from './life.ts';
import type { Machine, Tenant } from './machine.ts';
import { noElections } from './no-elections.ts';
import { createProber } from './prober.ts';
import { runCommand } from './run-command.ts';

/** Restart=always, RestartSec=200ms, and the time Node takes to be up; from the boot, after the basic target. */
const restartMs = 500;
const bootMs = 2_000;
const watchdogMs = 30_000;
const evidenceMs = 30;
export const sampleMs = 1.5;

export interface Agent extends Tenant {
  /** null while no agent runs. */
  state(): State | null;
  life(): Life | null;
  /** kill -9. */
  kill(): void;
  /** SIGSTOP, or an event loop that does not turn. */
  halt(ms: number): void;
  tell(event: Event): void;
  /** What an operator asks for, through the control socket. */
  ask(ask: Ask): void;
  /** A configuration that was loaded anew. */
  configure(config: Config): void;
  busChanged(): void;
  /** Something was answered that the agent has not taken notice of: microtasks have to pass. */
  isStirred(): boolean;
  settled(): Promise<void>;
  /** When something other than the agent's own timer is due. */
  nextOtherMs(): number | null;
  /** Whether all that was told so far has been saved, and when. */
  saved(): { readonly behind: boolean; readonly atMs: number };
  /** Goes on from a state that was reached without turns: see rest.ts. `saving`: the moment at which it is to be saved. */
  restTo(state: State): void;
  saveAsOf(state: State, atMs: number): void;
}

interface Running {
  readonly life: Life;
  readonly bus: BusEnd;
  readonly configurator: { apply(): Promise<void> };
  loop: Loop;
  readonly createLoopFrom: (state: State) => Loop;
  readonly clock: VirtualClock;
  readonly store: Pick<Store, 'isBehind'>;
  readonly publish: Publish;
  readonly savedAtMs: () => number;
  readonly emit: (event: Event) => void;
}

const noFile = async () => ({ ok: false, message: 'there is no file' });
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const uncounted = { observe: () => undefined, observeProbe: () => undefined };

/** What the host says of itself at the moment. */
export const sampleOf = (machine: Machine): HostSample => ({
  pressure: machine.host.pressure,
  loopLagMs: machine.host.lagMs,
  suspendedMs: machine.suspendedMs(),
  packageManager: machine.host.packageManager,
});

function createHost(machine: Machine, life: Life): Host {
  return {
    bootId: machine.bootId,
    sample: () => life.later(sampleMs, () => sampleOf(machine), 2),
  };
}

interface VirtualClock extends Clock {
  timer(): Entry | null;
}

function createClock(machine: Machine, life: Life, wake: () => void): VirtualClock {
  let timer: Entry | null = null;
  return {
    timer: () => timer,
    nowMs: machine.monotonicMs,
    wallMs: machine.wallMs,
    wakeAt: (atMs) => {
      machine.agenda.cancel(timer);
      timer =
        atMs === null
          ? null
          : machine.agenda.at(machine.agendaMs(atMs) + machine.host.lagMs, () => life.runTimer(wake));
    },
  };
}

function buildRunning(machine: Machine, config: Config, life: Life): Running {
  const { watcher } = machine;
  const store = createKeeper(
    'the virtual disk',
    () => machine.disk.open(life),
    (event) => emit(event),
  );
  const stored = store.load();
  let savedAtMs = 0;
  const clock = createClock(machine, life, () => running.loop.wake());
  const bus = createBus(machine, life, (event) => emit(event));
  const evidence: EvidenceCollector = { capture: ({ id }) => life.later(evidenceMs, () => id, 2) };
  const publish = createPublish({
    log: quiet,
    metrics: uncounted,
    store: {
      isBehind: store.isBehind,
      save: (state, wallMs, transitions) => {
        savedAtMs = (state as State).node.lastStepAtMs;
        store.save(state, wallMs, transitions);
      },
    },
    notify: { watchdog: async () => undefined, watchdogEveryMs: null },
    wallMs: machine.wallMs,
  });
  const perform = createPerform({
    bus,
    prober: createProber(machine, life),
    host: createHost(machine, life),
    ...{ evidence, store, controlPlane: noControlPlane, backups: noBackups, ...noElections },
    runCommand: () => runCommand(watcher, life),
  });
  const createLoopFrom = (initial: State): Loop =>
    createLoop({
      clock,
      initial,
      publish: (turned) => {
        publish.turned(turned);
        // What it decided while it was dying on the way to the disk it never did.
        if (life.alive()) watcher.turned?.(turned);
      },
      perform: (action, state, emitResult) => {
        if (!life.alive()) return;
        if ('reason' in action) life.stir(16);
        perform(action, state, emitResult);
      },
    });
  const emit = (event: Event): void => {
    if (!life.alive()) return;
    running.loop.emit(event);
    configurator.notice(event);
    if (event.type === 'bus.connected') {
      life.stir(32);
      void configurator.apply();
    }
  };
  const { wallMs } = machine;
  const configurator = configuratorOf(config, { bus, emit, wallMs, loop: () => running.loop });
  const loop = createLoopFrom((stored.state as State | null) ?? initialState());
  const running: Running = {
    ...{ life, bus, configurator },
    loop,
    createLoopFrom,
    clock,
    store,
    publish,
    savedAtMs: () => savedAtMs,
    emit,
  };
  const seed = Math.trunc(machine.wallMs()) | 0;
  emit({ type: 'agent.started', bootId: machine.bootId(), seed, store: stored.health });
  bus.open();
  return running;
}

export function createAgent(machine: () => Machine, firstConfig: Config, dies: (point: Point) => boolean): Agent {
  let config = firstConfig;
  let running: Running | null = null;
  let starting: Entry | null = null;
  let serial = 0;

  function begin(): void {
    serial += 1;
    const life = createLife(machine().agenda, serial, dies, died);
    machine().watcher.agent?.('started', null);
    const started = buildRunning(machine(), config, life);
    if (life.alive()) running = started;
    else machine().watcher.agent?.('died', null);
  }

  function end(what: 'died' | 'stopped'): void {
    if (running === null) return;
    const state = running.loop.state();
    running.life.end();
    running.loop.stop();
    running = null;
    machine().watcher.agent?.(what, state);
  }

  function died(): void {
    end('died');
    startAfter(restartMs);
  }

  function startAfter(ms: number): void {
    machine().agenda.cancel(starting);
    starting = machine().agenda.after(ms, begin);
  }

  function goOn(life: Life): void {
    if (!life.alive() || !life.halted()) return;
    machine().watcher.agent?.('resumed', null);
    life.resume();
  }

  const agent: Agent = {
    state: () => running?.loop.state() ?? null,
    life: () => running?.life ?? null,
    signal: (signal) => running?.bus.signal(signal),
    shutdown: (announced) => running?.bus.shutdown(announced),
    booted: () => startAfter(bootMs),
    stopped: () => {
      end('stopped');
      machine().agenda.cancel(starting);
    },
    lost: () => {
      end('died');
      machine().agenda.cancel(starting);
    },
    kill: () => running !== null && died(),
    halt: (ms) => {
      if (running === null || running.life.halted()) return;
      const { life } = running;
      life.halt();
      machine().watcher.agent?.('halted', null);
      if (ms < watchdogMs) machine().agenda.after(ms, () => goOn(life));
      else machine().agenda.after(watchdogMs, () => life.alive() && running?.life === life && died());
    },
    tell: (event) => {
      const told = running;
      told?.life.run(() => told.emit(event));
    },
    ask: (ask) => {
      const told = running;
      if (told === null) return machine().watcher.answered?.(null);
      const asks = createAsks({ state: told.loop.state, emit: told.emit, reload: noFile, testAlert: noFile });
      told.life.run(() => {
        told.life.stir(4);
        void asks(ask).then((answer) => machine().watcher.answered?.(answer));
      });
    },
    configure: (changed) => {
      config = changed;
      const told = running;
      if (told === null) return;
      const { bus, emit } = told;
      const { wallMs } = machine();
      told.life.run(() => {
        told.life.stir(32);
        void configuratorOf(config, { bus, emit, wallMs, loop: () => told.loop }).apply();
      });
    },
    busChanged: () => running?.bus.review(),
    isStirred: () => running?.life.isStirred() === true,
    nextOtherMs: () => machine().agenda.nextAtMsBut(running?.clock.timer() ?? null),
    settled: async () => {
      for (let hops = running?.life.takeHops() ?? 0; hops > 0; hops = running?.life.takeHops() ?? 0) {
        for (let hop = 0; hop < hops; hop += 1) await null;
      }
    },
    saved: () => ({ behind: running?.store.isBehind() ?? true, atMs: running?.savedAtMs() ?? 0 }),
    saveAsOf: (state, nowMs) => {
      if (running === null || state.node.sample === null) return;
      const { atMs: _atMs, ...sample } = state.node.sample;
      const saved = { ...state, node: { ...state.node, lastStepAtMs: nowMs } };
      const step = { state: saved, actions: [], transitions: [], wakeAtMs: null };
      running.publish.turned({ event: { type: 'host.sampled', sample }, step, nowMs });
    },
    restTo: (state) => {
      if (running === null) return;
      running.loop.stop();
      running.loop = running.createLoopFrom(state);
      running.clock.wakeAt(state.node.wakeAtMs);
    },
  };
  return agent;
}
