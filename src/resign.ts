/** Waits until every election is let go of: whoever stops in good order hands over at once, and not only when its lease has run out. */
import type { State } from './core/state.ts';

const askEveryMs = 20;

export async function untilResigned(state: () => State, mostMs: number): Promise<void> {
  const isDone = (): boolean => Object.values(state().elections.byName).every(({ role }) => role === 'stopped');
  for (let waitedMs = 0; waitedMs < mostMs && !isDone(); waitedMs += askEveryMs)
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
}
