/**
 * What the shell must provide to the agent: types only. Adapters never throw past these; what goes wrong comes back
 * as an observation, an action result or an event. Every call is bounded in time by the adapter itself.
 */

import type { Action } from './core/action.ts';
import type { SendResult } from './core/alert/event.ts';
import type { Notice } from './core/alert/state.ts';
import type { ServerLook, ServersFind } from './core/apiservers/messages.ts';
import type { ServerSeen } from './core/apiservers/state.ts';
import type { BackupsSeen } from './core/backups/found.ts';
import type { BackupsLook } from './core/backups/messages.ts';
import type { LockAnswer } from './core/elect/lock.ts';
import type { BackupRecord, Taken, Verification } from './core/etcd/backup.ts';
import type { Canary, Comparison } from './core/etcd/event.ts';
import type { BackupPolicy, EtcdPolicy } from './core/etcd/policy.ts';
import type { ClusterView } from './core/etcd/view.ts';
import type { ActionResult, Event, HostSample, StoreHealth } from './core/event.ts';
import type { InstanceLook, LeaseLook } from './core/leaders/messages.ts';
import type { InstanceSeen, LeaseSeen } from './core/leaders/state.ts';
import type { Observation } from './core/mend/observation.ts';
import type { ProbeTarget } from './core/mend/policy.ts';
import type { Unit } from './core/mend/unit.ts';
import type { RestartedBy, Transition } from './core/transition.ts';

export type Emit = (event: Event) => void;

export interface Clock {
  /** CLOCK_MONOTONIC in milliseconds, the clock of systemd's *TimestampMonotonic properties. */
  nowMs(): number;
  /** CLOCK_REALTIME in milliseconds since 1970; for showing only. */
  wallMs(): number;
  /** One timer: calls `wake` once at `atMs`, replacing an earlier call. null stops it. */
  wakeAt(atMs: number | null): void;
}

/** systemd and logind. Emits bus.connected, bus.lost, unit.changed, job.started, job.ended, shutdown.announced, shutdown.canceled. */
export interface SystemBus {
  /** Connects, and keeps reconnecting until `close`. Never rejects. */
  open(): void;
  /** The units whose signals are wanted; may be called at any time, and again on reload. Each gets a first unit.changed. */
  watch(units: readonly string[]): void;
  start(unit: string, options: { readonly resetFailed: boolean; readonly timeoutMs: number }): Promise<ActionResult>;
  /** `sockets`: socket units that are restarted with it. */
  restart(
    unit: string,
    options: { readonly resetFailed: boolean; readonly sockets: readonly string[]; readonly timeoutMs: number },
  ): Promise<ActionResult>;
  /** SIGKILL to the main process, then a restart job. */
  killAndRestart(unit: string, options: { readonly timeoutMs: number }): Promise<ActionResult>;
  reboot(options: { readonly timeoutMs: number }): Promise<ActionResult>;
  /** One unit, read now; for `discover` and evidence. null when the bus does not answer in time. */
  read(unit: string): Promise<Unit | null>;
  close(): Promise<void>;
}

/** Looks at leader elections and API servers. Each resolves, always, within its deadline and a little. */
export interface ControlPlane {
  lease(look: LeaseLook): Promise<LeaseSeen>;
  instance(look: InstanceLook): Promise<InstanceSeen>;
  server(look: ServerLook): Promise<ServerSeen>;
  /** null when the API does not tell. */
  servers(find: ServersFind): Promise<readonly string[] | null>;
  close(): void;
}

/** Looks at backups that others make. Resolves, always, within the look's deadline and a little. */
export interface Backups {
  look(look: BackupsLook): Promise<BackupsSeen>;
  close(): void;
}

/** One look at one component. */
export interface Prober {
  /**
   * Resolves within `timeoutMs` and a little, always. `lane` names component and probe: one look is in flight per lane, and a
   * look that outlives its deadline turns later ones into `probe.stuck` until it is gone.
   */
  look(lane: string, target: ProbeTarget, unit: string, timeoutMs: number): Promise<Observation>;
  close(): Promise<void>;
}

export interface Host {
  bootId(): string;
  sample(): Promise<HostSample>;
}

/** The locks of the elections. Emits lock.sighted where it watches. */
export interface Locks {
  /** Resolves within the action's timeout and a little, always. What is late may have happened all the same. */
  ask(asked: Extract<Action, { type: 'lock.ask' }>): Promise<LockAnswer>;
  close(): void;
}

/** The commands at the beginning and the end of a term. */
export interface Hooks {
  /**
   * Ends what the same election still runs, then, when it is `ready` and has not been overtaken by the next, runs this one. Resolves within its timeout
   * and a little, always.
   */
  run(hook: Extract<Action, { type: 'hook.run' }>, ready: Promise<unknown>): Promise<ActionResult>;
  end(election: string): void;
}

export interface EvidenceRequest {
  readonly id: string;
  readonly component: string;
  readonly unit: string;
  readonly incident: string;
  /** Whether the main process may be sent SIGUSR1 for a goroutine dump. */
  readonly dump: boolean;
  /** The last observations of the component, newest last, as JSON-able data. */
  readonly observations: unknown;
  /** Where the unit's processes were when it was last heard of: goes when the bus does not answer in time. */
  readonly seen: Pick<Unit, 'mainPid' | 'controlGroup'> | null;
}

export interface EvidenceCollector {
  /**
   * Writes one bundle below the state directory. Resolves within 2 s, whatever happens, with the bundle's file name or null. Of a unit that is
   * down nothing is lost by looking later, so while `repair` is under way it waits 1 s more: looking costs time that the repair needs.
   */
  capture(request: EvidenceRequest, repair: Promise<void> | null): Promise<string | null>;
}

/** A secret: the file that has it, or `credential:NAME` for one that systemd hands over. Read anew each time, never kept. */
export type SecretSource = string;

/** Where alerts go. */
export type AlertPlace =
  | {
      readonly kind: 'alertmanager';
      readonly url: string;
      /** After how long it is told again that an alert lasts. */
      readonly repeatMs: number;
      readonly token: SecretSource | null;
      readonly ca: string | null;
    }
  | {
      readonly kind: 'webhook';
      /** Exactly one of the two is given. */
      readonly url: string | null;
      readonly urlFrom: SecretSource | null;
      readonly token: SecretSource | null;
      readonly ca: string | null;
    }
  | {
      readonly kind: 'mail';
      readonly server: string;
      readonly from: string;
      readonly to: readonly string[];
      readonly user: string | null;
      readonly password: SecretSource | null;
      readonly ca: string | null;
    }
  | { readonly kind: 'command'; readonly argv: readonly string[] };

/** One message to one place. */
export interface AlertMessage {
  readonly node: string;
  readonly notice: Notice;
  /** So many earlier messages were lost. */
  readonly lost: number;
  /** An operator wants to see whether it arrives. */
  readonly test: boolean;
}

/** Resolves within half a minute, always; never tells a secret. */
export type SendAlertMessage = (place: AlertPlace, message: AlertMessage) => Promise<SendResult>;

/** Members of an etcd cluster and snapshots of it. Everything is bounded in time, and nothing rejects: what goes wrong is in the result. */
export interface EtcdGuard {
  look(policy: EtcdPolicy): Promise<ClusterView>;
  canary(policy: EtcdPolicy): Promise<Canary>;
  compare(policy: EtcdPolicy, view: ClusterView): Promise<Comparison>;
  list(backup: BackupPolicy): Promise<readonly BackupRecord[]>;
  /** Waits for its turn among the nodes of the cluster. */
  take(policy: EtcdPolicy, backup: BackupPolicy): Promise<Taken>;
  verify(policy: EtcdPolicy, backup: BackupPolicy, file: string): Promise<Verification>;
  close(): void;
}

export interface StoredState {
  /** The core's whole state as saved last, or null. */
  readonly state: unknown;
  readonly health: StoreHealth;
  readonly detail: string;
}

export interface IncidentRecord {
  readonly id: string;
  readonly component: string;
  readonly openedWallMs: number;
  readonly closedWallMs: number | null;
  readonly cause: string;
  readonly recovered: boolean | null;
  readonly durationMs: number | null;
  readonly transitions: readonly { readonly wallMs: number; readonly transition: Transition }[];
  readonly evidence: readonly string[];
}

/** An incident without its story. */
export type BriefIncident = Pick<
  IncidentRecord,
  'component' | 'openedWallMs' | 'closedWallMs' | 'cause' | 'recovered' | 'durationMs'
>;

/** What is remembered of a stretch of time, oldest first. */
export interface PeriodRecord {
  /** Before this nothing is known, or not everything. */
  readonly knownSinceWallMs: number;
  /** Those that were under way. */
  readonly incidents: readonly BriefIncident[];
  readonly restarts: readonly {
    readonly wallMs: number;
    readonly component: string;
    readonly by: RestartedBy;
    readonly reason: string;
  }[];
}

export interface Store {
  load(): StoredState;
  /** Writes the state and appends the transitions in one transaction; not yet durable. Never throws: emits store.changed. */
  save(state: unknown, wallMs: number, transitions: readonly Transition[]): void;
  /** Whether the last save was refused: another one, even of nothing new, is how to find out that there is room again. */
  isBehind(): boolean;
  /** Resolves true once all that was saved is on the disk, false when that failed or took longer than 2 s. */
  durable(): Promise<boolean>;
  noteEvidence(incident: string, file: string): void;
  incidents(query: {
    readonly component: string | null;
    readonly sinceWallMs: number;
    readonly id: string | null;
  }): IncidentRecord[];
  /** From then to `nowWallMs`. */
  period(sinceWallMs: number, nowWallMs: number): PeriodRecord;
  close(): void;
}
