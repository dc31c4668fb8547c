/** Locks for tests: a policy, and candidates that are asked by hand. */

import type { Lock, LockKind } from '../../../src/adapters/locks/lock.ts';
import type { LockAnswer, Sighting, Want } from '../../../src/core/elect/lock.ts';
import type { ElectionPolicy, LockPolicy } from '../../../src/core/elect/policy.ts';
import { plentyMs } from '../probe/stage.ts';

export const policyOn = (
  lock: LockPolicy,
  identity: string,
  changes: Partial<ElectionPolicy> = {},
): ElectionPolicy => ({
  name: 'boss',
  identity,
  campaign: true,
  lock,
  leaseDurationMs: 15_000,
  renewDeadlineMs: 10_000,
  retryPeriodMs: 2_000,
  onElected: null,
  onLost: null,
  ...changes,
});

export interface Candidate {
  readonly lock: Lock;
  /** Asks, and remembers what lies in the lock for the next claim. */
  ask(want: Want): Promise<LockAnswer>;
  /** What a watch has told, oldest first. */
  readonly told: (Sighting | null)[];
  /** Resolves with the next thing that a watch tells. */
  nextTold(): Promise<Sighting | null>;
}

export function createCandidate(kind: LockKind, policy: ElectionPolicy): Candidate {
  const told: (Sighting | null)[] = [];
  let waiting: ((sighting: Sighting | null) => void)[] = [];
  let over: Sighting | null = null;
  const lock = kind.open({
    policy,
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    sighted: (sighting) => {
      over = sighting;
      told.push(sighting);
      for (const resolve of waiting) resolve(sighting);
      waiting = [];
    },
  });
  return {
    lock,
    told,
    nextTold: () => {
      // A watch alone keeps no process alive.
      const alive = setInterval(() => undefined, 1_000);
      const { promise, resolve } = Promise.withResolvers<Sighting | null>();
      waiting.push(resolve);
      return promise.finally(() => clearInterval(alive));
    },
    ask: async (want) => {
      const answer = await lock.ask({ want, over, timeoutMs: plentyMs });
      if (answer.said === 'sighted' || answer.said === 'refused') over = answer.sighting;
      return answer;
    },
  };
}

export function tokenOf(answer: LockAnswer): number {
  if (answer.said !== 'held') throw new Error(`it said ${JSON.stringify(answer)}`);
  return answer.token;
}
