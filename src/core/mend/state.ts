/**
 * The whole state of mending as plain JSON. It can be saved and loaded at any point: what was under way is in it.
 * Every `...AtMs` is CLOCK_MONOTONIC of the boot named by `node.bootId`.
 */
import type { HostSample, StoreHealth } from '../event.ts';
import type { Reason } from '../reason.ts';
import type { Phase, RestartedBy } from '../transition.ts';
import type { Observation } from './observation.ts';
import type { ComponentPolicy, Exec, ReadyPolicy, Remedy } from './policy.ts';
import type { Unit } from './unit.ts';

export interface Pause {
  readonly untilMs: number;
  readonly text: string;
}

export interface ProbeState {
  /** The last observations, oldest first, at most `hang.of`. */
  readonly window: readonly Observation[];
  /** When the trouble began that has lasted since without a good observation, however far behind the window; null while there is none. */
  readonly badSinceMs: number | null;
  readonly dueAtMs: number;
  /** When the look in flight was asked for; null when none is. */
  readonly lookingSinceMs: number | null;
}

/**
 * preparing: the host is sampled and, for a running unit, evidence captured; nothing has been done yet.
 * acting: the action is (or may be) under way. verifying: it is done and its result is being watched.
 */
export type DeedStage = 'preparing' | 'acting' | 'verifying';

/** One remedy on its way: the intent. A deed in stage `acting` found after a restart of the agent is verified, never repeated. */
export interface Deed {
  readonly id: string;
  readonly remedy: Remedy | 'start';
  /** What an `exec` runs; null for the other remedies. */
  readonly command: Exec | null;
  readonly reason: Reason;
  readonly stage: DeedStage;
  readonly begunAtMs: number;
  readonly stageAtMs: number;
  readonly stageUntilMs: number;
  readonly sampled: boolean;
  readonly evidenced: boolean;
  /** InvocationID before the action: another one afterwards proves that the unit was started anew. */
  readonly invocation: string;
  /** Why the performer says that it failed; null while it is at work and when it did not. */
  readonly failure: { readonly reason: Reason; readonly detail: string } | null;
}

export interface Incident {
  readonly id: string;
  readonly cause: Reason;
  /** First bad sign. */
  readonly sinceMs: number;
  /** How often remedies failed to be verified in this incident: the position on the ladder. */
  readonly rung: number;
}

/** A restart that counts against the budget; an operator's does not. */
export interface Spending {
  readonly atMs: number;
  readonly by: Exclude<RestartedBy, 'other'>;
}

/** How the unit's last run ended, kept because systemd forgets it when it unloads the unit. */
export interface Ending {
  readonly how: 'crashed' | 'exited' | 'stopped';
  readonly reason: Reason;
  /** The watched component whose stop took this one along, or null. */
  readonly dependency: string | null;
  /** Id of the job that ended it, 0 when there was none: a restart starts anew under the same id, a start under another. */
  readonly job: number;
}

export interface Job {
  readonly id: number;
  /** The watched component for whose sake it exists: one that this unit stops with and that was stopping or down already; or null. */
  readonly because: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** systemd's word for how it ended: done, failed, canceled, ...; empty while it is under way. */
  readonly result: string;
}

export interface Component {
  readonly policy: ComponentPolicy;
  readonly phase: Phase;
  readonly reason: Reason;
  readonly detail: string;
  readonly sinceMs: number;
  /** What systemd said last; null when it never did. */
  readonly unit: Unit | null;
  /** Whether `unit` is from this connection of this agent to the bus: what is older is kept for comparing, never acted on. */
  readonly seen: boolean;
  readonly job: Job | null;
  readonly ending: Ending | null;
  /** Observations that began earlier are evidence of another life of the unit, or from before a gap, and do not count. */
  readonly freshFromMs: number;
  readonly probes: Readonly<Record<string, ProbeState>>;
  readonly incident: Incident | null;
  readonly deed: Deed | null;
  readonly spent: readonly Spending[];
  readonly notBeforeMs: number;
  readonly deferred: { readonly reason: Reason; readonly untilMs: number | null } | null;
  readonly pause: Pause | null;
  readonly asked: boolean;
  readonly restarts: Readonly<Record<RestartedBy, number>>;
  /** systemd's NRestarts when the present run was first seen. */
  readonly nRestarts: number;
  readonly wakeAtMs: number | null;
}

export interface ReadyState {
  readonly ready: boolean;
  readonly reason: Reason;
  readonly detail: string;
  readonly sinceMs: number;
  /** Since when the opposite has been true without a break; null while it agrees. */
  readonly turningSinceMs: number | null;
  /** Since when nothing can be seen; null while it can. */
  readonly blindSinceMs: number | null;
}

export interface NodeState {
  readonly bootId: string;
  readonly seed: number;
  /** Which start of the agent this is; part of every id, for the serial number is lost with the store. */
  readonly run: string;
  readonly serial: number;
  readonly name: string;
  readonly readyPolicy: ReadyPolicy;
  readonly bus: 'unseen' | 'connected' | 'lost';
  readonly shuttingDown: boolean;
  readonly store: StoreHealth;
  /** Until when budgets stay conservative and reboots forbidden, because earlier actions may be forgotten. */
  readonly forgetfulUntilMs: number;
  readonly sample: (HostSample & { readonly atMs: number }) | null;
  /** The last sample's figure, kept when the sample itself is discarded. */
  readonly suspendedMs: number | null;
  readonly upgradeSinceMs: number | null;
  readonly sampleDueAtMs: number;
  readonly pause: Pause | null;
  readonly ready: ReadyState;
  readonly reboots: readonly { readonly atMs: number; readonly bootId: string }[];
  readonly lastStepAtMs: number;
  readonly wakeAtMs: number | null;
}

export interface State {
  readonly version: 1;
  readonly node: NodeState;
  readonly components: Readonly<Record<string, Component>>;
}

export const defaultReadyPolicy: ReadyPolicy = {
  downAfterMs: 1_000,
  upAfterMs: 5_000,
  staleAfterMs: 60_000,
  failOpen: true,
};

export function initialState(): State {
  return {
    version: 1,
    node: {
      bootId: '',
      seed: 1,
      run: '',
      serial: 0,
      name: '',
      readyPolicy: defaultReadyPolicy,
      bus: 'unseen',
      shuttingDown: false,
      store: 'fresh',
      forgetfulUntilMs: 0,
      sample: null,
      suspendedMs: null,
      upgradeSinceMs: null,
      sampleDueAtMs: 0,
      pause: null,
      ready: { ready: false, reason: 'node.unseen', detail: '', sinceMs: 0, turningSinceMs: null, blindSinceMs: null },
      reboots: [],
      lastStepAtMs: 0,
      wakeAtMs: null,
    },
    components: {},
  };
}

export function initialComponent(policy: ComponentPolicy, nowMs: number): Component {
  return {
    policy,
    phase: 'unknown',
    reason: 'component.unseen',
    detail: '',
    sinceMs: nowMs,
    unit: null,
    seen: false,
    job: null,
    ending: null,
    freshFromMs: nowMs,
    probes: {},
    incident: null,
    deed: null,
    spent: [],
    notBeforeMs: 0,
    deferred: null,
    pause: null,
    asked: false,
    restarts: { nodemend: 0, systemd: 0, other: 0 },
    nRestarts: 0,
    wakeAtMs: nowMs,
  };
}
