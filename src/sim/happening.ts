/**
 * What can befall the virtual node, as data: faults, operators, upgrades, reboots. A story is a list of these with their times; scenarios and the swarm
 * speak the same words.
 */
import type { JobType } from './systemd/jobs.ts';

/** What a unit or its process suffers. With `forMs` it ends by itself; without, with the process or with the heal. */
export type UnitHappening =
  | { readonly what: 'crash' | 'exit' | 'oom'; readonly unit: string }
  | { readonly what: 'freeze'; readonly unit: string; readonly forMs: number | null }
  | { readonly what: 'deadlock' | 'sicken' | 'lose-socket'; readonly unit: string }
  | { readonly what: 'stay-sick' | 'fail-to-start' | 'hang-at-start'; readonly unit: string; readonly forMs: number }
  | { readonly what: 'become-unkillable' | 'hide'; readonly unit: string; readonly forMs: number }
  | { readonly what: 'crash-again'; readonly unit: string; readonly everyMs: number; readonly forMs: number }
  | {
      readonly what: 'start-slowly' | 'initialize-long';
      readonly unit: string;
      readonly takesMs: number;
      readonly forMs: number;
    }
  | { readonly what: 'slow-down'; readonly unit: string; readonly byMs: number; readonly forMs: number };

/** What an operator does. */
export type OperatorHappening =
  | { readonly what: 'systemctl'; readonly verb: JobType | 'reset-failed'; readonly unit: string }
  | { readonly what: 'systemctl'; readonly verb: 'mask' | 'unmask' | 'enable' | 'disable'; readonly unit: string }
  | { readonly what: 'systemctl'; readonly verb: 'freeze' | 'thaw'; readonly unit: string }
  | { readonly what: 'pause'; readonly component: string | null; readonly forMs: number }
  | { readonly what: 'resume'; readonly component: string | null }
  | { readonly what: 'ask-restart'; readonly component: string }
  | { readonly what: 'reload-badly' };

export type HostHappening =
  | {
      readonly what: 'upgrade';
      readonly forMs: number;
      /** Stopped by the packages' scripts, and started again towards the end. */
      readonly restarts: readonly string[];
    }
  | { readonly what: 'strain'; readonly pressure: number; readonly slowLooksMs: number; readonly forMs: number }
  | { readonly what: 'reboot' | 'cancel-shutdown' | 'lose-power' }
  | { readonly what: 'suspend'; readonly forMs: number }
  | { readonly what: 'step-clock'; readonly byMs: number }
  | { readonly what: 'fill-disk' | 'refuse-reboot'; readonly forMs: number }
  | { readonly what: 'slow-disk'; readonly syncMs: number; readonly forMs: number }
  | { readonly what: 'spoil-state'; readonly how: 'damaged' | 'missing' };

export type AgentHappening =
  | { readonly what: 'kill-agent' }
  | { readonly what: 'halt-agent'; readonly forMs: number }
  | { readonly what: 'lag-agent'; readonly byMs: number; readonly forMs: number }
  | { readonly what: 'lose-bus' | 'hang-bus' | 'deny-bus'; readonly forMs: number }
  | { readonly what: 'lose-signals'; readonly share: number; readonly forMs: number }
  | { readonly what: 'slow-bus'; readonly lagMs: number; readonly forMs: number };

export type Happening = UnitHappening | OperatorHappening | HostHappening | AgentHappening;

export type What = Happening['what'];

export interface Scheduled {
  readonly atMs: number;
  readonly happening: Happening;
}
