/** What the events of a scenario may name: components of its configuration, as far as that can be read, and installed units. Pure. */
import { nearest } from './nearest.ts';
import { presets } from './presets.ts';

export interface Names {
  /** By the name of the component: its unit. */
  readonly components: ReadonlyMap<string, string>;
  /** What is installed. */
  readonly units: readonly string[];
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** The components that the configuration writes down; of a faulty one what makes sense. */
function writtenComponents(configuration: unknown): [string, string][] {
  return Object.entries(record(record(configuration)['components'])).map(([name, value]) => {
    const { unit, preset } = record(value);
    if (typeof unit === 'string') return [name, unit];
    const known = typeof preset === 'string' && Object.hasOwn(presets, preset);
    return [name, known ? presets[preset as keyof typeof presets].unit : `${name}.service`];
  });
}

/** The units that the configuration names. */
export function unitsNamed(configuration: unknown): string[] {
  return writtenComponents(configuration).map(([, unit]) => unit);
}

export function namesOf(configuration: unknown, units: readonly string[]): Names {
  const written = writtenComponents(configuration);
  const taken = new Set(written.flat());
  const discovers = record(configuration)['discover'] !== false;
  const found = Object.entries(presets)
    .filter(([name, { unit }]) => discovers && units.includes(unit) && !taken.has(name) && !taken.has(unit))
    .map(([name, { unit }]): [string, string] => [name, unit]);
  return { components: new Map([...written, ...found]), units };
}

/** The unit that is meant: by its own name, with or without `.service`, or as a component; null when there is none. */
export function unitMeant(name: string, { components, units }: Names): string | null {
  const candidates = [components.get(name), name, `${name}.service`];
  return candidates.find((unit) => unit !== undefined && units.includes(unit)) ?? null;
}

function unknownName(name: string, kind: string, possible: readonly string[]): string {
  const meant = nearest(name, possible);
  const hint = meant === null ? `expected one of ${possible.join(', ')}` : `did you mean ${meant}?`;
  return `there is no ${kind} ${JSON.stringify(name)} here; ${hint}`;
}

/** What is wrong with a name that stands for a unit, or null. */
export function unitProblem(name: string, names: Names): string | null {
  if (unitMeant(name, names) !== null) return null;
  const unit = names.components.get(name);
  if (unit !== undefined) return `${unit} is not among the units of this node; add it to units`;
  const components = [...names.components].filter(([, of]) => names.units.includes(of)).map(([one]) => one);
  return unknownName(name, 'component or unit', [...components, ...names.units]);
}

/** What is wrong with a name that stands for a component, or null. */
export function componentProblem(name: string, { components }: Names): string | null {
  return components.has(name) ? null : unknownName(name, 'component', [...components.keys()]);
}
