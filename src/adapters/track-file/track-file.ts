/**
 * The number that keepalived reads (track_file). Always whole: written beside its place and moved there. One write at a time, the last number wins,
 * and one that could not be written is tried again, for keepalived goes by what stands there.
 */
import { rename, writeFile } from 'node:fs/promises';

const usualAgainMs = 5_000;

export interface TrackFile {
  write(value: number): void;
  /** Resolves once nothing is being written. */
  settled(): Promise<void>;
  /** Tries no more. */
  close(): void;
}

export interface TrackFileParts {
  readonly path: string;
  /** Told once for the same refusal again and again. */
  readonly refused: (message: string) => void;
  readonly againMs?: number;
}

export function createTrackFile({ path, refused, againMs = usualAgainMs }: TrackFileParts): TrackFile {
  let wanted: number | null = null;
  let written: number | null = null;
  let told = '';
  let closed = false;
  let busy = false;
  let writing = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;

  async function put(value: number): Promise<void> {
    await writeFile(`${path}.new`, `${value}\n`);
    await rename(`${path}.new`, path);
    written = value;
    told = '';
  }

  async function writeAll(): Promise<void> {
    try {
      while (wanted !== null && wanted !== written) await put(wanted);
    } catch (error) {
      const message = `cannot write the track file ${path}: ${(error as Error).message}`;
      if (message !== told) refused(message);
      told = message;
      if (!closed) timer = setTimeout(begin, againMs);
    } finally {
      busy = false;
    }
  }

  function begin(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (busy) return;
    busy = true;
    writing = writeAll();
  }

  return {
    write: (value) => {
      wanted = value;
      begin();
    },
    settled: async () => {
      while (busy) await writing;
    },
    close: () => {
      closed = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
