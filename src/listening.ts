/**
 * Listens, and where that is refused tries again for as long as it takes: a taken port or a missing folder costs the readers, not the node, which is
 * mended all the same.
 */
const usualAgainMs = 5_000;

export interface Listening {
  /** Resolves after the first attempt. Rejects only with what `isFinal` says is of no use to try again. */
  begin(): Promise<void>;
  stop(): void;
}

export function createListening(
  attempt: () => Promise<void>,
  isFinal: (error: unknown) => boolean,
  refused: (message: string) => void,
  againMs = usualAgainMs,
): Listening {
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  let told = '';

  async function tryOnce(final: (error: unknown) => boolean): Promise<void> {
    try {
      await attempt();
    } catch (error) {
      if (final(error)) throw error;
      if (stopped) return;
      // The same refusal again and again is told once.
      const { message } = error as Error;
      if (message !== told) refused(message);
      told = message;
      timer = setTimeout(() => void tryOnce(() => false), againMs);
    }
  }

  return {
    begin: () => tryOnce(isFinal),
    stop: () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
