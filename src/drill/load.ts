/** What else the node has to do while it is broken. */
import type { Step } from './failure.ts';
import * as step from './steps.ts';

export const loads = ['idle', 'cpu', 'disk'] as const;
export type Load = (typeof loads)[number];

const options: Readonly<Record<Exclude<Load, 'idle'>, readonly string[]>> = {
  // As many workers as there are processors.
  cpu: ['--cpu', '0'],
  disk: ['--hdd', '1', '--hdd-bytes', '64m', '--io', '1'],
};

/** It ends by itself, should nobody end it. */
export const startLoad = (load: Load): readonly Step[] =>
  load === 'idle'
    ? []
    : [
        step.background(
          'load',
          'stress-ng',
          '--quiet',
          '--temp-path',
          '/var/tmp',
          '--timeout',
          '280s',
          ...options[load],
        ),
      ];

export const stopLoad = (load: Load) => (load === 'idle' ? [] : [step.stopBackground('load')]);
