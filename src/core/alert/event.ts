import type { Reason } from '../reason.ts';
import type { Transition } from '../transition.ts';
import type { AlertTarget } from './policy.ts';
import type { Notice } from './state.ts';

/** How a sending ended. */
export interface SendResult {
  readonly ok: boolean;
  /** Of a failure: whether it would fail in the same way for ever. */
  readonly final: boolean;
  readonly detail: string;
}

/** How things stand with a component, for what was missed. */
export interface Standing {
  readonly name: string;
  /** The cause of the open incident, or null. */
  readonly incident: Reason | null;
  readonly exhausted: boolean;
}

export type AlertEvent =
  | { readonly type: 'alert.started'; readonly bootId: string }
  | { readonly type: 'alert.policy'; readonly targets: readonly AlertTarget[] }
  /** How things stand now: what is not so any more ends, what was missed begins. */
  | {
      readonly type: 'alert.standing';
      readonly components: readonly Standing[];
      readonly storeOk: boolean;
      readonly wallMs: number;
    }
  /** What they are about left the configuration: nobody would end them. */
  | { readonly type: 'alert.orphaned'; readonly keys: readonly string[]; readonly wallMs: number }
  | { readonly type: 'alert.told'; readonly transition: Transition; readonly wallMs: number }
  | { readonly type: 'alert.sent'; readonly target: string; readonly id: number; readonly result: SendResult }
  | { readonly type: 'alert.tick'; readonly wallMs: number };

export interface SendAlert {
  readonly target: string;
  readonly notice: Notice;
  /** So many earlier notices were dropped. */
  readonly lost: number;
}

/** What becomes of the messages to a target. */
export interface AlertTransition {
  readonly target: string;
  readonly reason: Extract<Reason, `alert.${string}`>;
  readonly detail: string;
}
