/** The demo's command line. */
import { parseArgs } from 'node:util';
import { type Fault, faults } from './faults.ts';

export interface Options {
  readonly help: boolean;
  /** The node stays until Ctrl-C. */
  readonly keep: boolean;
  readonly faults: readonly Fault[];
}

export const usage = `npm run demo -- [--faults LIST] [--keep]

Boots a disposable systemd node, installs nodemend in it, breaks containerd, Docker and a stand-in for the kubelet, and shows each come back.
Needs root on Debian; takes about three minutes, and two more the first time, when the node's system is built. Ctrl-C ends it and removes
the node.

  --faults LIST  only these, in this order, with commas: ${faults.map((fault) => fault.name).join(', ')}
  --keep         leaves the node running at the end, until Ctrl-C, to look around
  --help         this text

Exit status: 0 everything came back, 1 something did not or the demo cannot run here, 2 wrong usage, 130 ended by Ctrl-C.
`;

function named(name: string): Fault {
  const fault = faults.find((one) => one.name === name);
  if (fault !== undefined) return fault;
  throw new Error(`unknown fault "${name}": known are ${faults.map((one) => one.name).join(', ')}`);
}

/** Throws with one sentence for a word that is not known. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      faults: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const chosen = values.faults === undefined ? faults : values.faults.split(',').map(named);
  return { help: values.help, keep: values.keep, faults: chosen };
}
