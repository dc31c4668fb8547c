/** A component's situation in one word, with what there is to tell about it. */
import type { Reason } from '../reason.ts';

export const signs = [
  'blind',
  'paused',
  'absent',
  'masked',
  'stopped',
  'waiting',
  'changing',
  'starting',
  'acting',
  'verifying',
  'verified',
  'unverified',
  'moot',
  'restarting',
  'down',
  'hung',
  'spent',
  'shaky',
  'unseen',
  'dim',
  'fine',
] as const;

export type Sign = (typeof signs)[number];

export interface Reading {
  readonly sign: Sign;
  readonly reason: Reason;
  readonly detail: string;
  /** When it began, where that is known to be earlier than now. */
  readonly sinceMs: number | null;
  /** What an incident about it is called, where that is not the reason. */
  readonly cause: Reason;
}

export function read(sign: Sign, reason: Reason, detail = '', sinceMs: number | null = null): Reading {
  return { sign, reason, detail, sinceMs, cause: reason };
}
