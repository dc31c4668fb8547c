/** StartLimitIntervalSec= and StartLimitBurst=, counted as systemd counts: every start, in windows that begin with the first. */
import type { UnitSettings } from '../../core/mend/unit.ts';

export interface StartLimit {
  /** Counts one start; false when there were too many. */
  allows(nowMs: number): boolean;
  reset(): void;
}

export function createStartLimit({ startLimitBurst, startLimitIntervalMs }: UnitSettings): StartLimit {
  let beganAtMs = Number.NEGATIVE_INFINITY;
  let count = 0;
  return {
    allows: (nowMs) => {
      if (startLimitBurst === 0 || startLimitIntervalMs === 0) return true;
      if (nowMs - beganAtMs >= startLimitIntervalMs) {
        beganAtMs = nowMs;
        count = 0;
      }
      count += 1;
      return count <= startLimitBurst;
    },
    reset: () => {
      beganAtMs = Number.NEGATIVE_INFINITY;
      count = 0;
    },
  };
}
