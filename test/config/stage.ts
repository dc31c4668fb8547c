/** Configurations from text, and units as systemd would tell of them. */
import { parseConfig } from '../../src/config/load.ts';
import { describeProblems } from '../../src/config/problem.ts';
import { resolvePolicy } from '../../src/config/resolve.ts';
import type { Config } from '../../src/config/schema.ts';
import type { ComponentPolicy } from '../../src/core/mend/policy.ts';
import type { Unit, UnitSettings } from '../../src/core/mend/unit.ts';
import { settings } from '../core/virtual-unit.ts';

/** The configuration that a text gives; a text with problems is a mistake of the test. */
export function configOf(text: string): Config {
  const parsed = parseConfig(text, 'test.yaml');
  if (!parsed.ok) throw new Error(describeProblems(parsed.problems));
  return parsed.config;
}

/** What a text is told about, without the file's name. */
export function problemsOf(text: string): string[] {
  const parsed = parseConfig(text, 'F');
  return parsed.ok
    ? []
    : describeProblems(parsed.problems)
        .split('\n')
        .map((line) => line.replace('F:', ''));
}

/** The policy of the first component of a text. */
export function firstPolicy(text: string): ComponentPolicy {
  const [first] = resolvePolicy(configOf(text), []).components;
  if (first === undefined) throw new Error('the text has no component');
  return first;
}

export const runningUnit = (id: string, changes: Partial<Unit> = {}, given: Partial<UnitSettings> = {}): Unit => ({
  id,
  loadState: 'loaded',
  activeState: 'active',
  subState: 'running',
  result: 'success',
  unitFileState: 'enabled',
  freezerState: 'running',
  conditionResult: true,
  mainPid: 4_711,
  invocationId: 'cafe',
  nRestarts: 0,
  job: 0,
  inactiveExitAtMs: 1_000,
  activeEnterAtMs: 1_001,
  activeExitAtMs: null,
  inactiveEnterAtMs: null,
  stateChangeAtMs: 1_001,
  execMainExitAtMs: null,
  execMainCode: 0,
  execMainStatus: 0,
  needDaemonReload: false,
  controlGroup: `/system.slice/${id}`,
  settings: settings(given),
  ...changes,
});

export const missingUnit = (id: string): Unit =>
  runningUnit(id, { loadState: 'not-found', activeState: 'inactive', subState: 'dead', unitFileState: '', mainPid: 0 });
