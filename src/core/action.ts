import type { ApiServersAction } from './apiservers/messages.ts';
import type { BackupsLook } from './backups/messages.ts';
import type { Sighting, Want } from './elect/lock.ts';
import type { ElectionPolicy } from './elect/policy.ts';
import type { EtcdAction } from './etcd/event.ts';
import type { LeadersAction } from './leaders/messages.ts';
import type { ProbeTarget } from './mend/policy.ts';
import type { Reason } from './reason.ts';

/** Everything that is done, as values. The loop performs them and brings their results back as events. */
export type Action =
  | {
      readonly type: 'probe.look';
      readonly component: string;
      readonly unit: string;
      readonly probe: string;
      readonly target: ProbeTarget;
      readonly timeoutMs: number;
    }
  | { readonly type: 'host.sample' }
  | {
      readonly type: 'evidence.capture';
      readonly id: string;
      readonly component: string;
      readonly unit: string;
      readonly incident: string;
      readonly dump: boolean;
    }
  | LeadersAction
  | ApiServersAction
  | EtcdAction
  | BackupsLook
  | {
      readonly type: 'lock.ask';
      readonly id: number;
      readonly election: string;
      readonly policy: ElectionPolicy;
      readonly want: Want;
      /** What a claim goes by: it must not succeed over anything else. */
      readonly over: Sighting | null;
      readonly timeoutMs: number;
    }
  | {
      readonly type: 'hook.run';
      readonly id: string;
      readonly election: string;
      readonly hook: 'elected' | 'lost';
      readonly argv: readonly string[];
      readonly identity: string;
      /** Fencing token of the term that begins or has ended. */
      readonly token: number;
      readonly timeoutMs: number;
    }
  /** What a hook of the election still runs is ended at once. */
  | { readonly type: 'hook.end'; readonly election: string }
  | Remedial;

interface Deed {
  /** Unique for ever: the intent's name in the store, in logs and in the result. */
  readonly id: string;
  readonly component: string;
  readonly unit: string;
  readonly reason: Reason;
  /** How long the performer may take before it reports `action.timeout`. */
  readonly timeoutMs: number;
}

/** The actions that change the node. Each is in the durable state before it is performed. */
export type Remedial =
  /** StartUnit, after ResetFailedUnit when the start limit was hit. */
  | (Deed & { readonly type: 'unit.start'; readonly resetFailed: boolean })
  /** RestartUnit, likewise; of these socket units too, which must make their socket files anew. */
  | (Deed & { readonly type: 'unit.restart'; readonly resetFailed: boolean; readonly sockets: readonly string[] })
  /** SIGKILL to the main process, then RestartUnit. */
  | (Deed & { readonly type: 'unit.kill' })
  | (Deed & { readonly type: 'command.run'; readonly argv: readonly string[] })
  | (Deed & { readonly type: 'node.reboot' });
