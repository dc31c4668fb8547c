/** What one value says about another: checks that no single key can make. */
import { durationMs } from './duration.ts';
import { presets, usual } from './presets.ts';
import { type ComponentConfig, type Config, type ProbeConfig, probeKinds } from './schema.ts';

export interface CrossProblem {
  readonly path: readonly string[];
  readonly message: string;
}

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
    problems.push({ path, message: `found ${found}, expected exactly one of ${probeKinds.join(', ')}` });
  }
  const every = probe.every ?? known?.every ?? usual.every;
  const timeout = probe.timeout ?? known?.timeout ?? usual.timeout;
  if (durationMs(timeout) > durationMs(every)) {
    problems.push({
      path,
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
      message: `failures ${failures} is more than of ${of}; it could never be reached`,
    });
  const { first = usual.backoff.first, max = usual.backoff.max } = component.backoff ?? {};
  if (durationMs(first) > durationMs(max))
    problems.push({ path: [...path, 'backoff'], message: `first ${first} is longer than max ${max}` });
  const reboot = component.ladder?.indexOf('reboot') ?? -1;
  if (reboot >= 0 && reboot !== (component.ladder?.length ?? 0) - 1) {
    problems.push({ path: [...path, 'ladder'], message: 'reboot is the last remedy; write it last and once' });
  }
  return problems;
}

function checkComponent(name: string, component: ComponentConfig, all: Config['components']): CrossProblem[] {
  const path = ['components', name];
  const problems = checkNumbers(component, path);
  if (component.preset === undefined && component.unit === undefined) {
    problems.push({ path, message: 'found neither preset nor unit, expected one of them' });
  }
  for (const [probe, settings] of Object.entries(component.probes ?? {})) {
    problems.push(...checkProbe(component, probe, settings, [...path, 'probes', probe]));
  }
  const merged = { ...(component.preset === undefined ? {} : presets[component.preset].probes), ...component.probes };
  const roles = Object.values(merged).map((probe) => probe.role ?? 'vote');
  if (roles.includes('witness') && !roles.includes('vote'))
    problems.push({ path: [...path, 'probes'], message: 'a witness needs a probe that votes' });
  for (const other of component.after ?? []) {
    if (!(other in all) && !(other in presets))
      problems.push({ path: [...path, 'after'], message: `there is no component ${JSON.stringify(other)}` });
  }
  return problems;
}

/** The first component from which `after` leads back to itself, with the way there. */
function findCycle(components: Config['components']): string[] | null {
  const visit = (name: string, way: readonly string[]): string[] | null => {
    if (way.includes(name)) return [...way.slice(way.indexOf(name)), name];
    for (const next of components[name]?.after ?? []) {
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

function checkUnits(components: Config['components']): CrossProblem[] {
  const owner = new Map<string, string>();
  const problems: CrossProblem[] = [];
  for (const [name, component] of Object.entries(components)) {
    const unit = component.unit ?? (component.preset === undefined ? undefined : presets[component.preset].unit);
    if (unit === undefined) continue;
    const other = owner.get(unit);
    if (other !== undefined)
      problems.push({ path: ['components', name], message: `${unit} is supervised as ${other} already` });
    owner.set(unit, name);
  }
  return problems;
}

export function crossCheck(config: Config): CrossProblem[] {
  const { components } = config;
  const problems = Object.entries(components).flatMap(([name, component]) =>
    checkComponent(name, component, components),
  );
  const cycle = findCycle(components);
  if (cycle !== null)
    problems.push({
      path: ['components', cycle[0] ?? '', 'after'],
      message: `${cycle.join(' waits for ')}: nobody could begin`,
    });
  return [...problems, ...checkUnits(components)];
}
