/** What one value says about another: checks that no single key can make. */
import { checkAlerts } from './alerts.ts';
import { checkBackups } from './backups.ts';
import { dependenciesOf } from './dependencies.ts';
import { findable } from './discover.ts';
import { durationMs } from './duration.ts';
import { checkElections } from './elections.ts';
import { nearest } from './nearest.ts';
import { type PresetName, presets, usual } from './presets.ts';
import { type ComponentConfig, type Config, type ProbeConfig, probeKinds } from './schema.ts';

export interface CrossProblem {
  readonly path: readonly string[];
  /** The keys below `path` that were compared; empty when it was the whole value. */
  readonly keys: readonly string[];
  readonly message: string;
}

type Components = Config['components'];

const presetNames = Object.keys(presets) as PresetName[];

function checkProbe(
  component: ComponentConfig,
  name: string,
  probe: ProbeConfig,
  path: readonly string[],
): CrossProblem[] {
  const problems: CrossProblem[] = [];
  const kinds = probeKinds.filter((kind) => probe[kind] !== undefined);
  const known = component.preset === undefined ? undefined : presets[component.preset].probes?.[name];
  if (kinds.length !== 1 && !(kinds.length === 0 && known !== undefined)) {
    const found = kinds.length === 0 ? 'none' : kinds.join(' and ');
    const message = `found ${found}, expected exactly one of ${probeKinds.join(', ')}`;
    problems.push({ path, keys: probeKinds, message });
  }
  const every = probe.every ?? known?.every ?? usual.every;
  const timeout = probe.timeout ?? known?.timeout ?? usual.timeout;
  if (durationMs(timeout) > durationMs(every)) {
    problems.push({
      path,
      keys: ['every', 'timeout'],
      message: `timeout ${timeout} is longer than every ${every}; a look must end before the next begins`,
    });
  }
  return problems;
}

function checkNumbers(component: ComponentConfig, path: readonly string[]): CrossProblem[] {
  const problems: CrossProblem[] = [];
  const { failures = usual.hang.failures, of = usual.hang.of } = component.hang ?? {};
  if (failures > of)
    problems.push({
      path: [...path, 'hang'],
      keys: [],
      message: `failures ${failures} is more than of ${of}; it could never be reached`,
    });
  const { first = usual.backoff.first, max = usual.backoff.max } = component.backoff ?? {};
  if (durationMs(first) > durationMs(max))
    problems.push({ path: [...path, 'backoff'], keys: [], message: `first ${first} is longer than max ${max}` });
  const remedies = (component.ladder ?? []).map((rung) => (typeof rung === 'string' ? rung : 'exec'));
  const twice = remedies.find((remedy, index) => remedies.indexOf(remedy) !== index);
  const told = (message: string) => problems.push({ path: [...path, 'ladder'], keys: [], message });
  if (twice !== undefined) told(`${twice} is written twice; each remedy may stand there once`);
  if (remedies.slice(0, -1).includes('reboot')) told('reboot is the last remedy; write it last');
  return problems;
}

function checkComponent(name: string, component: ComponentConfig): CrossProblem[] {
  const path = ['components', name];
  const problems = checkNumbers(component, path);
  if (component.preset === undefined && component.unit === undefined) {
    problems.push({ path, keys: ['preset', 'unit'], message: 'found neither preset nor unit, expected one of them' });
  }
  for (const [probe, settings] of Object.entries(component.probes ?? {})) {
    problems.push(...checkProbe(component, probe, settings, [...path, 'probes', probe]));
  }
  const merged = { ...(component.preset === undefined ? {} : presets[component.preset].probes), ...component.probes };
  const roles = Object.values(merged).map((probe) => probe.role ?? usual.role);
  if (roles.includes('witness') && !roles.includes('vote'))
    problems.push({ path: [...path, 'probes'], keys: [], message: 'a witness needs a probe that votes' });
  return problems;
}

function unknownComponent(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return `there is no component ${JSON.stringify(name)}${meant === null ? '' : `; did you mean ${meant}?`}`;
}

/** `written`: the names that the file has, those of refused components included. */
function checkNames({ components, discover }: Config, written: readonly string[]): CrossProblem[] {
  const known = new Set<string>([...written, ...(discover ? presetNames : [])]);
  for (const { preset } of Object.values(components)) if (preset !== undefined) known.add(preset);
  return Object.entries(components).flatMap(([name, component]) =>
    (component.after ?? [])
      .filter((other) => !known.has(other))
      .map((other) => ({
        path: ['components', name, 'after'],
        keys: [],
        message: unknownComponent(other, [...known]),
      })),
  );
}

/** The first component that waits for itself by way of others, with the way there. */
function findCycle(components: Components): string[] | null {
  const visit = (name: string, way: readonly string[]): string[] | null => {
    if (way.includes(name)) return [...way.slice(way.indexOf(name)), name];
    for (const next of dependenciesOf(name, components)) {
      const cycle = visit(next, [...way, name]);
      if (cycle !== null) return cycle;
    }
    return null;
  };
  for (const name of Object.keys(components)) {
    const cycle = visit(name, []);
    if (cycle !== null) return cycle;
  }
  return null;
}

/** With all that may be discovered beside what the file says: a circle must not come about when a runtime is installed. */
function checkCycle(config: Config): CrossProblem[] {
  const { components } = config;
  const found = config.discover ? findable(config) : [];
  const cycle = findCycle({ ...components, ...Object.fromEntries(found.map((preset) => [preset, { preset }])) });
  const culprit = cycle?.find((name) => components[name]?.after !== undefined);
  if (cycle === null || culprit === undefined) return [];
  const message = `${cycle.join(' waits for ')}: nobody could begin`;
  return [{ path: ['components', culprit, 'after'], keys: [], message }];
}

function checkUnits(components: Components): CrossProblem[] {
  const owner = new Map<string, string>();
  const problems: CrossProblem[] = [];
  for (const [name, component] of Object.entries(components)) {
    const unit = component.unit ?? (component.preset === undefined ? undefined : presets[component.preset].unit);
    if (unit === undefined) continue;
    const other = owner.get(unit);
    if (other !== undefined) {
      const message = `${unit} is supervised as ${other} already`;
      problems.push({ path: ['components', name], keys: ['unit', 'preset'], message });
    }
    owner.set(unit, name);
  }
  return problems;
}

export function crossCheck(config: Config, written: readonly string[]): CrossProblem[] {
  const { components } = config;
  return [
    ...Object.entries(components).flatMap(([name, component]) => checkComponent(name, component)),
    ...checkNames(config, written),
    ...checkCycle(config),
    ...checkUnits(components),
    ...checkAlerts(config),
    ...checkElections(config.elections),
    ...checkBackups(config.backups),
  ];
}
