/**
 * What the server shows and whom it asks: types only. A view is a read-only snapshot; the server never reaches into the
 * agent beyond `ServeSource`.
 *
 * Times: `...Ms` with "since", "now" or "until" in the name are CLOCK_MONOTONIC milliseconds and compare with `nowMs`;
 * `...WallMs` are milliseconds since 1970; `ageMs`, `lagMs`, `durationMs` and `perMs` are spans.
 */
import type { Canary, Comparison } from '../core/etcd/event.ts';
import type { Finding } from '../core/etcd/finding.ts';
import type { BackupState } from '../core/etcd/state.ts';
import type { ClusterView } from '../core/etcd/view.ts';
import type { StoreHealth } from '../core/event.ts';
import type { Verdict } from '../core/mend/observation.ts';
import type { ProbeRole, Remedy } from '../core/mend/policy.ts';
import type { DeedStage } from '../core/mend/state.ts';
import type { Reason } from '../core/reason.ts';
import type { Phase, RestartedBy, Role, Transition } from '../core/transition.ts';
import type { Clock, IncidentRecord, PeriodRecord, Store } from '../ports.ts';
import type { SentAlert } from '../report/record.ts';
import type { BackupView } from './backups.ts';
import type { ApiServerView, LeaderView } from './control-plane.ts';

export interface PauseView {
  readonly untilMs: number;
  readonly text: string;
}

export interface ReadyView {
  readonly ready: boolean;
  readonly reason: Reason;
  readonly detail: string;
  readonly sinceMs: number;
}

export interface ProbeView {
  readonly name: string;
  readonly role: ProbeRole;
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly detail: string;
  /** How long ago the last look ended; null when there was none yet. */
  readonly ageMs: number | null;
  readonly durationMs: number | null;
  /** The looks that the verdict is made of, the newest last; none for the unit, which is not looked at but tells. */
  readonly recent: readonly { readonly verdict: Verdict; readonly durationMs: number }[];
}

export interface ComponentView {
  readonly name: string;
  readonly unit: string;
  readonly preset: string | null;
  readonly critical: boolean;
  readonly after: readonly string[];
  readonly phase: Phase;
  readonly reason: Reason;
  readonly detail: string;
  readonly sinceMs: number;
  readonly verdict: Verdict;
  /** 0 while there is none. */
  readonly mainPid: number;
  readonly invocationId: string;
  readonly budget: { readonly remaining: number; readonly of: number; readonly perMs: number };
  /** The next action is not taken before this; null when nothing is waited for. */
  readonly notBeforeMs: number | null;
  /** Why an action that is wanted is not taken now; null when none is wanted or one is under way. */
  readonly deferred: Reason | null;
  readonly pause: PauseView | null;
  readonly ladder: readonly Remedy[];
  readonly incident: { readonly id: string; readonly reason: Reason; readonly sinceMs: number } | null;
  /** The remedy on its way; null when there is none. `untilMs`: when its present stage has to be over. */
  readonly deed: {
    readonly remedy: Remedy | 'start';
    readonly stage: DeedStage;
    readonly sinceMs: number;
    readonly untilMs: number;
  } | null;
  readonly restarts: Readonly<Record<RestartedBy, number>>;
  readonly probes: readonly ProbeView[];
}

/** How it stands with who is told of trouble. Never an address: it may be a secret. */
export interface AlertTargetView {
  readonly name: string;
  /** Messages that have not arrived yet. */
  readonly waiting: number;
  /** How often the oldest of them was tried in vain. */
  readonly failures: number;
  /** Messages that were lost since the last that arrived. */
  readonly lost: number;
  /** Why the last try failed; empty when it did not. */
  readonly detail: string;
}

export interface ElectionView {
  readonly name: string;
  /** Under which this node stands. */
  readonly identity: string;
  readonly lock: 'file' | 'etcd' | 'kubernetes';
  readonly role: Role;
  readonly reason: Reason;
  readonly detail: string;
  readonly sinceMs: number;
  /** Whether this node leads, at `nowMs`. */
  readonly leading: boolean;
  /** Empty: nobody, or not known. */
  readonly leader: string;
  /** Fencing token of the leader's term; null when it is not known. */
  readonly token: number | null;
  /** By the leader's own clock. */
  readonly leaderSinceWallMs: number | null;
  /** When the lock last answered. */
  readonly heardWallMs: number | null;
  /** Why what is known must not be relied on; null while it may. */
  readonly stale: Reason | null;
}

export interface NodeView {
  readonly node: string;
  readonly version: string;
  readonly commit: string;
  readonly startedWallMs: number;
  /** When the view was asked for, not when it last changed. */
  readonly nowMs: number;
  /** The wall clock at `nowMs`. */
  readonly wallMs: number;
  readonly ready: ReadyView;
  readonly stopping: boolean;
  readonly busConnected: boolean;
  readonly store: { readonly health: StoreHealth; readonly detail: string };
  readonly config: { readonly ok: boolean; readonly loadedWallMs: number; readonly detail: string };
  /** Name of the package manager at work, or null. */
  readonly upgrading: string | null;
  readonly pressure: number;
  readonly loop: { readonly lagMs: number; readonly lastTurnWallMs: number };
  readonly pause: PauseView | null;
  readonly alerts: readonly AlertTargetView[];
  readonly components: readonly ComponentView[];
  readonly leaders: readonly LeaderView[];
  readonly apiservers: readonly ApiServerView[];
  readonly backups: readonly BackupView[];
  readonly elections: readonly ElectionView[];
  /** Where etcd is watched. */
  readonly etcd?: EtcdView | undefined;
}

export interface EtcdView {
  readonly cluster: ClusterView | null;
  readonly findings: readonly Finding[];
  readonly canary: Canary | null;
  readonly comparison: Comparison | null;
  readonly backup: Pick<BackupState, 'records' | 'work' | 'lastTaken' | 'lastProof'> | null;
}

/** One transition as told to readers. */
export interface Told {
  readonly wallMs: number;
  readonly transition: Transition;
}

export type Ask =
  | { readonly type: 'pause'; readonly component: string | null; readonly forMs: number; readonly text: string }
  | { readonly type: 'resume'; readonly component: string | null }
  | { readonly type: 'restart'; readonly component: string }
  | { readonly type: 'reload' }
  /** A test message to one target of alerts, or to all. */
  | { readonly type: 'alert-test'; readonly target: string | null };

export interface Answer {
  readonly ok: boolean;
  /** One sentence for the operator. */
  readonly message: string;
}

export interface ServeSource {
  readonly clock: Pick<Clock, 'nowMs' | 'wallMs'>;
  /** Called per request. While nothing changed, `ready` and `components` are the same objects: replies are cached by them. */
  view(): NodeView;
  /** Whether the agent's own loop turns. Depends on nothing that is watched. Called per /livez: a comparison, no more. */
  turning(): boolean;
  incidents(query: Parameters<Store['incidents']>[0]): IncidentRecord[];
  /** From then to now. */
  period(sinceWallMs: number): PeriodRecord & { readonly alerts: readonly SentAlert[] };
  /** Calls the listener for each transition from now on; returns what ends that. */
  subscribe(listener: (told: Told) => void): () => void;
  ask(request: Ask): Promise<Answer>;
}
