/** One election's lock, whichever kind it is. */
import type { LockAnswer, Sighting, Want } from '../../core/elect/lock.ts';
import type { ElectionPolicy } from '../../core/elect/policy.ts';

export interface Question {
  readonly want: Want;
  readonly over: Sighting | null;
  readonly timeoutMs: number;
}

export interface Lock {
  /** Does not reject. `release` also ends whatever watch there is. */
  ask(question: Question): Promise<LockAnswer>;
  close(): void;
}

export interface LockParts {
  readonly policy: ElectionPolicy;
  readonly nowMs: () => number;
  readonly wallMs: () => number;
  /** Told by a watch. */
  readonly sighted: (sighting: Sighting | null) => void;
}

/** What locks of one kind share: a client, a library. */
export interface LockKind {
  /** Throws when the lock cannot be what the policy says. */
  open(parts: LockParts): Lock;
  close(): void;
}

/** A word of this process for one claim: by it a write is known again as ours when its answer was lost. Not a secret. */
export const makeNonce = (): string => crypto.randomUUID();
