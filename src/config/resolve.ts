/** From the words of the file, the presets and what was found on the node to the policy that the core decides by. */
import { hostname } from 'node:os';
import type { ComponentPolicy, NodePolicy, ProbePolicy, ProbeTarget, Rung } from '../core/mend/policy.ts';
import { dependenciesOf } from './dependencies.ts';
import { durationMs } from './duration.ts';
import { type EtcdHere, usualEtcd } from './etcd-here.ts';
import { type Preset, type PresetName, presets, usual } from './presets.ts';
import { type ComponentConfig, type Config, type ProbeConfig, probeKinds } from './schema.ts';

function targetOf(probe: ProbeConfig): ProbeTarget {
  if (probe.http !== undefined) {
    const { url, socket = null, expect, ca = null, insecure } = probe.http;
    return { kind: 'http', url, socket, expect: Array.isArray(expect) ? expect : [expect], ca, insecure };
  }
  if (probe.tcp !== undefined) return { kind: 'tcp', ...probe.tcp };
  if (probe.exec !== undefined) return { kind: 'exec', argv: probe.exec };
  if (probe.cri !== undefined) return { kind: 'cri', ...probe.cri };
  if (probe.containerd !== undefined) return { kind: 'containerd', ...probe.containerd };
  if (probe.docker !== undefined) return { kind: 'docker', ...probe.docker };
  if (probe.etcd !== undefined) {
    const { url, ca = null, cert = null, key = null, look } = probe.etcd;
    return { kind: 'etcd', url, ca, cert, key, look };
  }
  return { kind: 'unit' };
}

function probePolicy(probe: ProbeConfig): ProbePolicy {
  const { role = usual.role, every = usual.every, timeout = usual.timeout } = probe;
  return { target: targetOf(probe), role, everyMs: durationMs(every), timeoutMs: durationMs(timeout) };
}

/** Key by key; but a probe that looks elsewhere does not look at the preset's place too. */
function mergeProbe(preset: ProbeConfig = {}, own: ProbeConfig = {}): ProbeConfig {
  const { role, every, timeout } = preset;
  const looksElsewhere = probeKinds.some((kind) => own[kind] !== undefined);
  return { ...(looksElsewhere ? { role, every, timeout } : preset), ...own };
}

function mergeProbes(preset: ComponentConfig['probes'], own: ComponentConfig['probes']): Record<string, ProbePolicy> {
  const names = [...new Set([...Object.keys(preset ?? {}), ...Object.keys(own ?? {})])];
  return Object.fromEntries(names.map((name) => [name, probePolicy(mergeProbe(preset?.[name], own?.[name]))]));
}

function rungOf(rung: NonNullable<ComponentConfig['ladder']>[number]): Rung {
  return typeof rung === 'string'
    ? { remedy: rung }
    : { remedy: 'exec', argv: rung.exec, timeoutMs: durationMs(rung.timeout) };
}

/** A preset that asks etcd asks the member that is here. */
function presetHere(name: PresetName, { endpoints: [url], ca, cert, key }: EtcdHere): Preset {
  const preset = presets[name];
  const files = Object.fromEntries(Object.entries({ ca, cert, key }).filter(([, file]) => file !== null));
  const probes = Object.entries(preset.probes ?? {}).map(([probe, { etcd, ...rest }]) => [
    probe,
    etcd === undefined ? rest : { ...rest, etcd: { ...etcd, ...files, url: url ?? etcd.url } },
  ]);
  return { ...preset, probes: Object.fromEntries(probes) };
}

function componentPolicy(
  name: string,
  own: ComponentConfig,
  all: Config['components'],
  here: EtcdHere,
): ComponentPolicy {
  const preset = own.preset === undefined ? undefined : presetHere(own.preset, here);
  const {
    failures = usual.hang.failures,
    of = usual.hang.of,
    for: hangFor = usual.hang.for,
  } = { ...preset?.hang, ...own.hang };
  const { actions = usual.budget.actions, per = usual.budget.per } = own.budget ?? {};
  const { first = usual.backoff.first, factor = usual.backoff.factor, max = usual.backoff.max } = own.backoff ?? {};
  return {
    name,
    unit: own.unit ?? preset?.unit ?? `${name}.service`,
    preset: own.preset ?? null,
    critical: own.critical ?? preset?.critical ?? usual.critical,
    after: dependenciesOf(name, all),
    probes: mergeProbes(preset?.probes, own.probes),
    hang: { failures, of, forMs: durationMs(hangFor) },
    graceMs: durationMs(own.grace ?? preset?.grace ?? usual.grace),
    ladder: (own.ladder ?? usual.ladder).map(rungOf),
    budget: { actions, perMs: durationMs(per) },
    backoff: {
      firstMs: durationMs(first),
      factor,
      maxMs: durationMs(max),
      jitter: own.backoff?.jitter ?? usual.backoff.jitter,
    },
    hostsContainers: preset?.hostsContainers ?? false,
    dumpsOnUsr1: preset?.dumpsOnUsr1 ?? false,
    startsWithPeers: preset?.startsWithPeers ?? false,
  };
}

/** `found`: the presets that were discovered on the node; the file's own components come first. `here`: how its etcd is reached. */
export function resolvePolicy(config: Config, found: readonly PresetName[], here: EtcdHere = usualEtcd): NodePolicy {
  const all: Record<string, ComponentConfig> = { ...config.components };
  for (const preset of found) all[preset] ??= { preset };
  const { downAfter, upAfter, staleAfter, failOpen } = config.readyz;
  return {
    node: config.node ?? hostname(),
    ready: {
      downAfterMs: durationMs(downAfter),
      upAfterMs: durationMs(upAfter),
      staleAfterMs: durationMs(staleAfter),
      failOpen,
    },
    components: Object.entries(all).map(([name, component]) => componentPolicy(name, component, all, here)),
  };
}
