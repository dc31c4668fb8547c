/** Waiting for a condition, never for a time: polls until it holds or a generous deadline has passed. */

/** How often it is looked unless the caller says otherwise. */
const POLL_MS = 40;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Resolves to the first value of `condition` that is neither false, null nor undefined. A condition that throws does not hold yet.
 * Rejects after `deadlineMs`, naming `what` and the last error.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  deadlineMs: number,
  what: string,
  everyMs = POLL_MS,
): Promise<Exclude<T, false | null | undefined>> {
  const endMs = performance.now() + deadlineMs;
  let last = '';
  for (;;) {
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<T, false | null | undefined>;
      }
      last = '';
    } catch (error) {
      last = `; last error: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (performance.now() > endMs) throw new Error(`waited ${deadlineMs} ms in vain for ${what}${last}`);
    await pause(everyMs);
  }
}
