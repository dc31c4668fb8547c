/** `nodemend discover`: what is on this node, why each choice was made, and the configuration that would be used. */

import { discover as choose, readFacts } from '../config/discover.ts';
import { loadConfigFile } from '../config/load.ts';
import { describeProblems } from '../config/problem.ts';
import { resolvePolicy } from '../config/resolve.ts';
import { stringify } from '../config/text.ts';
import type { SystemBus } from '../ports.ts';
import { exitStatus, type Io } from './io.ts';

export interface DiscoverOptions {
  readonly config: string | null;
  readonly json?: boolean;
}

/** `read` asks systemd itself, so that this works without a daemon. */
export async function discover(
  { config: file, json = false }: DiscoverOptions,
  io: Io,
  read: SystemBus['read'],
): Promise<number> {
  const loaded = await loadConfigFile(file);
  if (!loaded.ok) {
    io.err(`${describeProblems(loaded.problems)}\n`);
    return exitStatus.usage;
  }
  const facts = await readFacts(read);
  if (Object.values(facts).every((unit) => unit === null)) {
    io.err('cannot reach systemd over the system bus; run this as root on the node itself\n');
    return exitStatus.unreachable;
  }
  const choices = choose(loaded.config, facts);
  const policy = resolvePolicy(
    loaded.config,
    choices.filter((one) => one.chosen).map((one) => one.preset),
  );
  if (json) {
    io.out(`${JSON.stringify({ choices, policy }, null, 2)}\n`);
    return exitStatus.fine;
  }
  for (const { preset, chosen, reason } of choices) io.out(`${chosen ? '+' : '-'} ${preset.padEnd(11)} ${reason}\n`);
  io.out(`\nThe configuration that would be used:\n\n${stringify(policy)}`);
  return exitStatus.fine;
}
