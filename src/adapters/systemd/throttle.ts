/** Many calls, few deeds: a burst becomes one deed shortly after it begins, and deeds keep their distance. */

export interface Throttle {
  soon(): void;
  close(): void;
}

export const createThrottle = (options: {
  readonly nowMs: () => number;
  /** How long the first call of a burst waits for others. */
  readonly settleMs: number;
  /** The least time between two deeds. */
  readonly apartMs: number;
  readonly deed: () => void;
}): Throttle => {
  let timer: NodeJS.Timeout | null = null;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    soon() {
      if (timer !== null) return;
      const waitMs = Math.max(options.settleMs, lastMs + options.apartMs - options.nowMs());
      timer = setTimeout(() => {
        timer = null;
        lastMs = options.nowMs();
        options.deed();
      }, waitMs);
    },
    close() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
};
