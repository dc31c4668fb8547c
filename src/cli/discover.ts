/** `nodemend discover`: what is on this node, why each choice was made, and the configuration that would be used. */

import { leaderPolicies, readManifestNames, withFoundLeaders } from '../config/control-plane.ts';
import {
  type Choice,
  discover as choose,
  foundPresets,
  listedUnits,
  presetUnits,
  readFacts,
} from '../config/discover.ts';
import { findEtcdHere } from '../config/etcd-here.ts';
import { healerUnits, warnOfHealers } from '../config/healers.ts';
import { loadConfigFile } from '../config/load.ts';
import { describeProblems } from '../config/problem.ts';
import { resolvePolicy } from '../config/resolve.ts';
import { type Term, termsOf } from '../config/terms.ts';
import { writeConfig } from '../config/text.ts';
import { cleanText } from '../markup/clean.ts';
import type { SystemBus } from '../ports.ts';
import { exitStatus, type Io } from './io.ts';

export interface DiscoverOptions {
  readonly config: string | null;
  readonly json?: boolean;
}

interface Told extends Choice {
  /** What the settings of the unit mean for it; empty for what is not chosen or not there. */
  readonly terms: readonly Term[];
}

/** `read` asks systemd itself, so that this works without a daemon. */
export async function discover(
  { config: file, json = false }: DiscoverOptions,
  io: Io,
  read: SystemBus['read'],
  manifests: () => Promise<ReadonlySet<string>> = readManifestNames,
  etcdHere: typeof findEtcdHere = findEtcdHere,
): Promise<number> {
  const loaded = await loadConfigFile(file);
  if (!loaded.ok) {
    io.err(`${describeProblems(loaded.problems)}\n`);
    return exitStatus.usage;
  }
  const { config } = loaded;
  const facts = await readFacts(read, [...listedUnits(config).values(), ...presetUnits, ...healerUnits]);
  if ([...facts.values()].every((unit) => unit === null)) {
    io.err('cannot reach systemd over the system bus; run this as root on the node itself\n');
    return exitStatus.unreachable;
  }
  const choices = choose(config, facts, new Set());
  const policy = resolvePolicy(config, foundPresets(choices, config), await etcdHere());
  const told = choices.map((choice): Told => {
    const own = policy.components.find(({ name }) => choice.chosen && name === choice.component);
    const unit = facts.get(choice.unit) ?? null;
    const known = own !== undefined && unit !== null && unit.loadState === 'loaded';
    return { ...choice, terms: known ? termsOf(own, unit) : [] };
  });
  const leaders = withFoundLeaders(config, await manifests());
  const warnings = warnOfHealers(facts);
  io.out(
    json
      ? `${JSON.stringify({ choices: told, warnings, policy, leaders: leaderPolicies(leaders) }, null, 2)}\n`
      : `${render(told, warnings)}\nThe configuration that would be used:\n\n${writeConfig({ ...config, leaders }, policy)}`,
  );
  return exitStatus.fine;
}

/** What a unit says comes from outside. */
const bounded = (text: string): string => cleanText(text, 300);

function render(told: readonly Told[], warnings: readonly string[]): string {
  const width = Math.max(...told.map(({ component }) => component.length));
  const rows = told.flatMap(({ component, chosen, reason, terms }) => [
    `${chosen ? '+' : '-'} ${component.padEnd(width)}  ${bounded(reason)}\n`,
    ...terms.map(({ setting, meaning }) => `      ${bounded(setting)}: ${bounded(meaning)}\n`),
  ]);
  return [...rows, ...warnings.map((warning) => `! ${warning}\n`)].join('');
}
