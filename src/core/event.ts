import type { ApiServersEvent } from './apiservers/messages.ts';
import type { BackupsEvent } from './backups/messages.ts';
import type { LockAnswer, Sighting } from './elect/lock.ts';
import type { ElectionPolicy } from './elect/policy.ts';
import type { EtcdEvent } from './etcd/event.ts';
import type { LeadersEvent } from './leaders/messages.ts';
import type { Observation } from './mend/observation.ts';
import type { NodePolicy } from './mend/policy.ts';
import type { Unit } from './mend/unit.ts';
import type { Reason } from './reason.ts';

/** How an action ended, as the performer saw it. */
export interface ActionResult {
  readonly ok: boolean;
  readonly reason: Reason;
  readonly detail: string;
}

/** What the host says of itself. */
export interface HostSample {
  /** 0 at rest to 1: the worst of the pressure stall shares (avg10 of cpu some, io full, memory full). */
  readonly pressure: number;
  /** How late the agent's own loop was, at worst, since the last sample. */
  readonly loopLagMs: number;
  /** How long the machine has been suspended in all since it was booted: CLOCK_BOOTTIME less CLOCK_MONOTONIC. */
  readonly suspendedMs: number;
  /** Name of the package manager that holds its lock, or null. */
  readonly packageManager: string | null;
}

export type StoreHealth = 'ok' | 'fresh' | 'lost' | 'unwritable';

/** What the checks of the control plane and of backups alone hear. */
export type ControlPlaneEvent = LeadersEvent | ApiServersEvent | EtcdEvent | BackupsEvent;

/** What elections alone hear. */
export type ElectEvent =
  | { readonly type: 'elections.loaded'; readonly policies: readonly ElectionPolicy[] }
  | {
      readonly type: 'lock.answered';
      readonly election: string;
      readonly id: number;
      readonly answer: LockAnswer;
    }
  | {
      /** By itself, from a watch. */
      readonly type: 'lock.sighted';
      readonly election: string;
      readonly sighting: Sighting | null;
    }
  | {
      readonly type: 'hook.finished';
      readonly election: string;
      readonly id: string;
      readonly result: ActionResult;
    }
  | { readonly type: 'agent.stopping' };

/** Everything that happens. The core learns of the world through these alone. */
export type Event =
  | ControlPlaneEvent
  | ElectEvent
  | { readonly type: 'agent.started'; readonly bootId: string; readonly seed: number; readonly store: StoreHealth }
  | { readonly type: 'config.loaded'; readonly policy: NodePolicy }
  | { readonly type: 'config.rejected'; readonly detail: string }
  | { readonly type: 'bus.connected' }
  | { readonly type: 'bus.lost'; readonly detail: string }
  | { readonly type: 'unit.changed'; readonly unit: Unit }
  | { readonly type: 'job.started'; readonly unit: string; readonly job: number }
  | { readonly type: 'job.ended'; readonly unit: string; readonly job: number; readonly result: string }
  | { readonly type: 'shutdown.announced' }
  | { readonly type: 'shutdown.canceled' }
  | {
      readonly type: 'probe.observed';
      readonly component: string;
      readonly probe: string;
      readonly observation: Observation;
    }
  | { readonly type: 'evidence.captured'; readonly id: string }
  | { readonly type: 'action.finished'; readonly id: string; readonly result: ActionResult }
  | { readonly type: 'host.sampled'; readonly sample: HostSample }
  | { readonly type: 'store.changed'; readonly health: StoreHealth; readonly detail: string }
  | { readonly type: 'pause.asked'; readonly component: string | null; readonly forMs: number; readonly text: string }
  | { readonly type: 'resume.asked'; readonly component: string | null }
  | { readonly type: 'restart.asked'; readonly component: string }
  | { readonly type: 'tick' };
