/** What is on this node, and why it is supervised or not. Choosing is pure; reading asks systemd for the units that presets know. */
import type { Unit } from '../core/mend/unit.ts';
import { type PresetName, presets } from './presets.ts';
import type { Config } from './schema.ts';

export interface Choice {
  readonly preset: PresetName;
  readonly unit: string;
  readonly chosen: boolean;
  /** One sentence. */
  readonly reason: string;
}

/** By preset; null when systemd did not answer. */
export type Facts = Readonly<Record<PresetName, Unit | null>>;

const presetNames = Object.keys(presets) as PresetName[];

export const knownUnits: readonly string[] = presetNames.map((name) => presets[name].unit);

export async function readFacts(read: (unit: string) => Promise<Unit | null>): Promise<Facts> {
  const units = await Promise.all(presetNames.map(async (name) => [name, await read(presets[name].unit)] as const));
  return Object.fromEntries(units) as Record<PresetName, Unit | null>;
}

function ownerOf(config: Config, unit: string): string | null {
  const owner = Object.entries(config.components).find(
    ([, component]) => (component.unit ?? (component.preset && presets[component.preset].unit)) === unit,
  );
  return owner?.[0] ?? null;
}

function choose(config: Config, preset: PresetName, unit: Unit | null): Choice {
  const name = presets[preset].unit;
  const choice = (chosen: boolean, reason: string): Choice => ({ preset, unit: name, chosen, reason });
  const owner = ownerOf(config, name);
  if (owner !== null) return choice(false, `${name} is listed in the configuration as ${owner}`);
  if (preset in config.components) return choice(false, `the name ${preset} is taken in the configuration`);
  if (!config.discover) return choice(false, 'discover is false in the configuration');
  if (unit === null) return choice(false, `systemd did not answer about ${name}; it is asked again`);
  if (unit.loadState === 'not-found') return choice(false, `${name} does not exist on this node`);
  const state = `${unit.unitFileState || unit.loadState}, ${unit.activeState}`;
  return choice(true, `${name} exists (${state})`);
}

export function discover(config: Config, facts: Facts): Choice[] {
  return presetNames.map((preset) => choose(config, preset, facts[preset]));
}
