/**
 * Reads a scenario and checks it whole: every problem in one go, each with its line; those of the configuration in it as `nodemend check` tells them.
 * Never throws, whatever the file holds.
 */
import { dirname, resolve } from 'node:path';
import { describeIssue, explain } from './explain.ts';
import { byPlace, checkValue, loadConfigFile, mostProblems } from './load.ts';
import { below, type Locate } from './locate.ts';
import type { Problem } from './problem.ts';
import { readEvents, type TimedEvent } from './scenario-events.ts';
import { type Names, namesOf, unitsNamed } from './scenario-names.ts';
import { keysOf, scenario, type UnitFile } from './scenario-schema.ts';
import type { Config } from './schema.ts';
import { readText, readYaml } from './yaml-text.ts';

export interface Scenario {
  readonly spanMs: number;
  readonly seed: number;
  readonly config: Config;
  /** What is installed, by the names of the units. */
  readonly units: Readonly<Record<string, UnitFile>>;
  /** In the order of their times. */
  readonly events: readonly TimedEvent[];
  readonly names: Names;
}

export type LoadedScenario =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly problems: readonly Problem[] };

interface ReadConfig {
  readonly config: Config | null;
  /** As far as it can be read, to know which names it gives. */
  readonly written: unknown;
  readonly problems: readonly Problem[];
}

/** Given as text it is the name of a file, beside the scenario's own. */
async function readConfig(value: unknown, file: string, locate: Locate): Promise<ReadConfig> {
  if (typeof value === 'string') {
    const loaded = await loadConfigFile(resolve(dirname(file), value));
    if (loaded.ok) return { config: loaded.config, written: loaded.config, problems: [] };
    return { config: null, written: {}, problems: loaded.problems };
  }
  const { config, problems } = checkValue(value ?? {}, file, below(locate, ['config']));
  const path = (inner: string): string => (inner === '' ? 'config' : `config.${inner}`);
  return { config, written: value, problems: problems.map((one) => ({ ...one, path: path(one.path) })) };
}

const usualUnits = ['containerd.service', 'docker.service', 'kubelet.service'];

/** What is installed: what the file lists, else the usual and what the configuration names. */
function unitsOf(given: unknown, named: readonly string[]): Record<string, UnitFile> {
  if (given === undefined || given === null || typeof given !== 'object')
    return Object.fromEntries([...new Set([...usualUnits, ...named])].map((unit) => [unit, {}]));
  return Object.fromEntries(Object.entries(given).map(([unit, settings]) => [unit, (settings ?? {}) as UnitFile]));
}

const known = keysOf(scenario);

export async function parseScenario(text: string, file: string): Promise<LoadedScenario> {
  const { value, locate, flaws } = readYaml(text, file);
  const parsed = scenario.safeParse(value, { error: describeIssue });
  const issues = parsed.error?.issues ?? [];
  const given = value as Readonly<Record<string, unknown>>;
  const { config, written, problems: refused } = await readConfig(given['config'], file, locate);
  const units = unitsOf(given['units'], unitsNamed(written));
  const names = namesOf(written, Object.keys(units));
  const { spanMs, events, problems: others } = readEvents(given, { names, file, locate });
  const own = issues.flatMap((issue) => explain(issue, value, file, locate, known));
  const problems = [...flaws, ...own, ...others, ...refused];
  if (problems.length > 0 || !parsed.success || config === null)
    return { ok: false, problems: problems.sort(placeIn(file)).slice(0, mostProblems) };
  return { ok: true, scenario: { spanMs, seed: parsed.data.seed, config, units, events, names } };
}

/** Those of the scenario's own text first. */
const placeIn =
  (file: string) =>
  (a: Problem, b: Problem): number =>
    a.file === b.file ? byPlace(a, b) : a.file === file ? -1 : 1;

export async function loadScenarioFile(file: string): Promise<LoadedScenario> {
  const text = await readText(file);
  return typeof text === 'string' ? parseScenario(text, file) : { ok: false, problems: [text] };
}
