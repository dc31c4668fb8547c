/**
 * What was read last. One read at a time, waited for a little: on a disk that does not answer a read never ends, and a new one at every
 * asking would use up Node's threads.
 */
export function createLatest<T>(read: () => Promise<T>, first: T, patienceMs: number): () => Promise<T> {
  let latest = first;
  let reading: Promise<void> | null = null;

  async function readOnce(): Promise<void> {
    try {
      latest = await read();
    } catch {
      // What cannot be read now is as it was.
    } finally {
      reading = null;
    }
  }

  return async () => {
    reading ??= readOnce();
    const { promise: passed, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, patienceMs);
    await Promise.race([reading, passed]);
    clearTimeout(timer);
    return latest;
  };
}
