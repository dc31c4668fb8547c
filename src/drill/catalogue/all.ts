/** The whole catalogue. */
import type { Failure } from '../failure.ts';
import { agentFailures } from './agent.ts';
import { hostFailures } from './host.ts';
import { networkFailures } from './network.ts';
import { pairNames, together } from './pairs.ts';
import { processFailures } from './process.ts';
import { storageFailures } from './storage.ts';
import { systemdFailures } from './systemd.ts';
import { timeFailures } from './time.ts';

export const catalogue: readonly Failure[] = [
  ...processFailures,
  ...systemdFailures,
  ...storageFailures,
  ...timeFailures,
  ...networkFailures,
  ...agentFailures,
  ...hostFailures,
];

const byName = new Map(catalogue.map((failure) => [failure.name, failure]));

export const pairs: readonly Failure[] = pairNames.flatMap(([first, second]) => {
  const [one, other] = [byName.get(first), byName.get(second)];
  return one === undefined || other === undefined ? [] : [together(one, other)];
});
