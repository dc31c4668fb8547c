/** Timers that end together, so that a closed session leaves none behind. */

export interface Timers {
  /** Calls `work` once after `ms`; the function returned stops it. */
  after(ms: number, work: () => void): () => void;
  clear(): void;
}

export const createTimers = (): Timers => {
  const running = new Set<NodeJS.Timeout>();
  return {
    after(ms, work) {
      const timer = setTimeout(() => {
        running.delete(timer);
        work();
      }, ms);
      running.add(timer);
      return () => {
        clearTimeout(timer);
        running.delete(timer);
      };
    },
    clear() {
      for (const timer of running) clearTimeout(timer);
      running.clear();
    },
  };
};
