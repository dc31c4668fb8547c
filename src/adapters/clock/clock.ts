/** The monotonic clock and the one timer. process.hrtime is CLOCK_MONOTONIC since boot, the clock of systemd's *TimestampMonotonic. */
import type { Clock } from '../../ports.ts';

/** The longest a timer of Node's can wait. */
const longestMs = 2 ** 31 - 1;

export function createClock(wake: () => void): Clock {
  let timer: NodeJS.Timeout | null = null;
  const nowMs = () => Number(process.hrtime.bigint()) / 1e6;
  return {
    nowMs,
    wallMs: () => Date.now(),
    wakeAt: (atMs) => {
      if (timer !== null) clearTimeout(timer);
      // A timer may fire a fraction early; one millisecond more keeps the wish from being repeated at once.
      timer = atMs === null ? null : setTimeout(wake, Math.min(longestMs, Math.max(0, Math.ceil(atMs - nowMs()))));
    },
  };
}
