/** The machine the drill runs on. */
import type { Target } from '../target.ts';
import { runHere } from './command.ts';

export function openLocal(): Target {
  return {
    name: 'local',
    disposable: false,
    run: (argv, { timeoutMs } = {}) => runHere(argv, timeoutMs),
    close: async () => undefined,
  };
}
