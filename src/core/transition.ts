import type { RotationChanged } from './apiservers/messages.ts';
import type { FreshnessChanged } from './backups/messages.ts';
import type { EtcdTransition } from './etcd/event.ts';
import type { LeaderChanged } from './leaders/messages.ts';
import type { Remedy } from './mend/policy.ts';
import type { Reason } from './reason.ts';

export type Phase =
  | 'unknown'
  | 'starting'
  | 'healthy'
  | 'suspect'
  | 'unhealthy'
  | 'mending'
  | 'exhausted'
  | 'stopped'
  | 'masked'
  | 'absent'
  | 'held'
  | 'paused';

/**
 * watching: looks who leads and does not stand. standby: stands, another leads or nobody yet. resigning: acts no more, lets go. stopped: lets others
 * be, for good.
 */
export type Role = 'watching' | 'standby' | 'leading' | 'resigning' | 'stopped';

export type RestartedBy = 'nodemend' | 'systemd' | 'other';

/** Everything worth telling. Logs, metrics, status, history and tests read this one stream. */
export type Transition =
  | LeaderChanged
  | RotationChanged
  | FreshnessChanged
  | {
      readonly type: 'component.phase';
      readonly component: string;
      readonly from: Phase;
      readonly to: Phase;
      readonly reason: Reason;
      readonly detail: string;
    }
  | {
      readonly type: 'component.restarted';
      readonly component: string;
      readonly by: RestartedBy;
      readonly reason: Reason;
    }
  | {
      readonly type: 'incident.opened';
      readonly component: string;
      readonly incident: string;
      readonly reason: Reason;
      readonly detail: string;
      readonly sinceMs: number;
    }
  | {
      readonly type: 'incident.closed';
      readonly component: string;
      readonly incident: string;
      readonly reason: Reason;
      readonly cause: Reason;
      readonly recovered: boolean;
      readonly durationMs: number;
    }
  | {
      readonly type: 'action.begun';
      readonly component: string;
      readonly incident: string;
      readonly action: string;
      readonly remedy: Remedy | 'start';
      readonly reason: Reason;
    }
  | {
      readonly type: 'action.ended';
      readonly component: string;
      readonly incident: string;
      readonly action: string;
      readonly remedy: Remedy | 'start';
      readonly ok: boolean;
      readonly reason: Reason;
      readonly detail: string;
      readonly durationMs: number;
    }
  | {
      readonly type: 'action.deferred';
      readonly component: string;
      readonly reason: Reason;
      readonly untilMs: number | null;
    }
  | { readonly type: 'node.ready'; readonly ready: boolean; readonly reason: Reason; readonly detail: string }
  | { readonly type: 'node.changed'; readonly reason: Reason; readonly detail: string }
  | {
      readonly type: 'pause.changed';
      readonly component: string | null;
      readonly reason: Reason;
      readonly detail: string;
      readonly untilMs: number | null;
    }
  | EtcdTransition
  | {
      readonly type: 'election.changed';
      readonly election: string;
      readonly from: Role;
      readonly to: Role;
      readonly reason: Reason;
      readonly detail: string;
      /** Fencing token of the term that begins, goes on or ends here. */
      readonly token: number | null;
    }
  | {
      readonly type: 'election.leader';
      readonly election: string;
      /** Empty: nobody. */
      readonly leader: string;
      readonly token: number | null;
      readonly reason: Reason;
    }
  | {
      readonly type: 'election.hook';
      readonly election: string;
      readonly hook: 'elected' | 'lost';
      readonly token: number;
      readonly ok: boolean;
      readonly reason: Reason;
      readonly detail: string;
    };
