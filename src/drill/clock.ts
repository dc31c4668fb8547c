/** The drill's own time: for waiting and for deadlines. What happened when is the node's time. */

export interface DrillClock {
  /** Milliseconds that only grow. */
  nowMs(): number;
  /** Resolves after so long, or at once when the signal fires. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

export const realClock: DrillClock = {
  nowMs: () => performance.now(),
  wait: (ms, signal) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal?.aborted === true) return Promise.resolve();
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => resolve(), { once: true });
    return promise.finally(() => clearTimeout(timer));
  },
};
