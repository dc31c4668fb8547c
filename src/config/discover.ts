/** What is on this node, and why it is supervised or not. Choosing is pure; reading asks systemd for one unit after another by name. */
import type { Unit } from '../core/mend/unit.ts';
import { type PresetName, presets } from './presets.ts';
import type { Config } from './schema.ts';

export interface Choice {
  readonly component: string;
  readonly preset: PresetName | null;
  readonly unit: string;
  readonly chosen: boolean;
  /** One sentence. */
  readonly reason: string;
}

/** By the name of the unit; null when systemd did not answer. */
export type Facts = ReadonlyMap<string, Unit | null>;

const presetNames = Object.keys(presets) as PresetName[];

export const presetUnits: readonly string[] = presetNames.map((name) => presets[name].unit);

export async function readFacts(
  read: (unit: string) => Promise<Unit | null>,
  units: readonly string[],
): Promise<Facts> {
  return new Map(await Promise.all([...new Set(units)].map(async (unit) => [unit, await read(unit)] as const)));
}

/** Units of the components that the file lists, by the names of these. */
export function listedUnits(config: Config): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(config.components).flatMap(([name, { unit, preset }]) => {
      const known = unit ?? (preset === undefined ? undefined : presets[preset].unit);
      return known === undefined ? [] : [[name, known] as const];
    }),
  );
}

const downStates: readonly Unit['activeState'][] = ['inactive', 'failed'];

/** How a unit stands, and what that comes to where it is out of the ordinary. */
function describeUnit(name: string, unit: Unit | null): string {
  if (unit === null) return `systemd did not answer about ${name}; it stays as it was and is asked again`;
  if (unit.loadState === 'not-found') return `${name} does not exist on this node`;
  const state = `${name} exists (${unit.unitFileState || unit.loadState}, ${unit.activeState})`;
  if (unit.loadState === 'masked' || unit.unitFileState.startsWith('masked'))
    return `${state}: hands off until it is unmasked`;
  if (unit.unitFileState === 'disabled' && downStates.includes(unit.activeState))
    return `${state}: hands off until it is started`;
  return state;
}

function chooseListed(config: Config, component: string, unit: string, facts: Facts): Choice {
  const preset = config.components[component]?.preset ?? null;
  const reason = `listed in the configuration; ${describeUnit(unit, facts.get(unit) ?? null)}`;
  return { component, preset, unit, chosen: true, reason };
}

function choosePreset(config: Config, preset: PresetName, facts: Facts, supervised: ReadonlySet<string>): Choice {
  const name = presets[preset].unit;
  const unit = facts.get(name) ?? null;
  const choice = (chosen: boolean, reason: string): Choice => ({
    component: preset,
    preset,
    unit: name,
    chosen,
    reason,
  });
  if (Object.hasOwn(config.components, preset))
    return choice(false, `the name ${preset} is taken in the configuration, by another unit`);
  if (!config.discover) return choice(false, 'discover is false in the configuration');
  const chosen = unit === null ? supervised.has(name) : unit.loadState !== 'not-found';
  return choice(chosen, describeUnit(name, unit));
}

/** The presets whose unit and name the file leaves free. */
export function findable(config: Config): PresetName[] {
  return untaken(config).filter((preset) => !Object.hasOwn(config.components, preset));
}

function untaken(config: Config): PresetName[] {
  const taken = new Set(listedUnits(config).values());
  return presetNames.filter((preset) => !taken.has(presets[preset].unit));
}

/**
 * A choice for every component that the file lists and for every preset whose unit it does not list. `supervised`: the units that are supervised
 * already; of them silence alone drops none, for with a component its budget and its pause would go.
 */
export function discover(config: Config, facts: Facts, supervised: ReadonlySet<string>): Choice[] {
  return [
    ...[...listedUnits(config)].map(([component, unit]) => chooseListed(config, component, unit, facts)),
    ...untaken(config).map((preset) => choosePreset(config, preset, facts, supervised)),
  ];
}

/** The presets that discovery adds to what the file lists. */
export function foundPresets(choices: readonly Choice[], config: Config): PresetName[] {
  return choices.flatMap(({ chosen, preset, component }) =>
    chosen && preset !== null && !Object.hasOwn(config.components, component) ? [preset] : [],
  );
}
