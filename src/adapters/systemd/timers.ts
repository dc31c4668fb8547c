/** Timers that end together, so that a closed session leaves none behind. */

export interface Timers {
  /** Calls `work` once after `ms`; the function returned stops it. */
  after(ms: number, work: () => void): () => void;
  /** Stops all, and makes `after` do nothing: what is answered while a session ends must not set it going again. */
  end(): void;
}

export const createTimers = (): Timers => {
  const running = new Set<NodeJS.Timeout>();
  let ended = false;
  return {
    after(ms, work) {
      if (ended) return () => {};
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
    end() {
      ended = true;
      for (const timer of running) clearTimeout(timer);
      running.clear();
    },
  };
};
