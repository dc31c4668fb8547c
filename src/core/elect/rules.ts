/**
 * client-go's rules between the durations (tools/leaderelection, NewLeaderElector). The leader stops at the renew deadline and the others begin at the
 * lease duration, each by its own clock, so their ratio is the difference in the rate of clocks that is tolerated.
 */
import type { Durations } from './policy.ts';

const jitterFactor = 1.2;

/** Which duration is wrong and why; null when they can work. */
export function faultIn(durations: Durations): { readonly key: keyof Durations; readonly message: string } | null {
  const { leaseDurationMs, renewDeadlineMs, retryPeriodMs } = durations;
  if (leaseDurationMs <= renewDeadlineMs)
    return { key: 'leaseDurationMs', message: 'leaseDuration must be longer than renewDeadline' };
  if (renewDeadlineMs <= jitterFactor * retryPeriodMs)
    return { key: 'renewDeadlineMs', message: 'renewDeadline must be longer than 1.2 times retryPeriod' };
  return null;
}

/** From a look to the next among those who do not lead: spread, so that they do not come all at once. */
export const pauseMs = ({ retryPeriodMs }: Durations, random: number): number =>
  retryPeriodMs * (1 + jitterFactor * random);

/** As client-go recommends: one hung request must not cost the whole time in which to renew. */
export const askTimeoutMs = ({ renewDeadlineMs }: Durations): number => Math.round(renewDeadlineMs / 2);
