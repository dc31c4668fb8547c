/** Follows the daemon's events for a watch; a stream that ends is opened anew after a while. */
import type { Client } from './client.ts';

export interface Following {
  end(): void;
  readonly ended: Promise<void>;
}

export function followOn(client: Client, signal: AbortSignal, everyMs: number, onEvent: () => void): Following {
  const own = new AbortController();
  const either = AbortSignal.any([signal, own.signal]);
  async function run(): Promise<void> {
    while (!either.aborted) {
      await client.follow(onEvent, either);
      if (!either.aborted) await pauseFor(everyMs, either);
    }
  }
  return { end: () => own.abort(), ended: run() };
}

function pauseFor(spanMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, spanMs);
    signal.addEventListener('abort', done);
  });
}
