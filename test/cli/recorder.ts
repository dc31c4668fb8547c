/** A terminal that keeps what was said. */
import type { Io } from '../../src/cli/io.ts';

export interface Recorder extends Io {
  readonly said: { out: string; err: string };
}

export function record(isTerminal = false): Recorder {
  const said = { out: '', err: '' };
  return {
    said,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    isTerminal,
    columns: 80,
    color: false,
  };
}
