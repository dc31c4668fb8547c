/**
 * The journal's native socket as a descriptor that systemd has opened and connected for us: OpenFile= in the unit, from systemd 253 on. A write to it
 * is a datagram, and one entry. A journal that stands still holds up one of Node's threads and nothing else.
 */
import { write } from 'node:fs';
import { journalEntry } from './entry.ts';

/** What waits for a stuck journal; beyond this lines are dropped. */
const mostWaitingBytes = 1_048_576;

export interface Journal {
  write(line: string): void;
  /** Resolves once all is written: never, as long as the journal is stuck. */
  written(): Promise<void>;
}

/** `refused` gets each line that the socket does not take. */
export function createJournal(descriptor: number, refused: (line: string) => void): Journal {
  let last: Promise<void> = Promise.resolve();
  let waitingBytes = 0;

  function send(line: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    write(descriptor, journalEntry(line), (error) => {
      waitingBytes -= line.length;
      if (error !== null) refused(line);
      resolve();
    });
    return promise;
  }

  return {
    write: (line) => {
      if (waitingBytes + line.length > mostWaitingBytes) return;
      waitingBytes += line.length;
      last = last.then(() => send(line));
    },
    written: () => last,
  };
}
