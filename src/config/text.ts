/** A policy as the file that would ask for it. */
import { stringify } from 'yaml';
import type { ComponentPolicy, NodePolicy, ProbePolicy, Rung } from '../core/mend/policy.ts';
import { writeDuration } from './duration.ts';
import type { Config } from './schema.ts';

function writeProbe({ target, role, everyMs, timeoutMs }: ProbePolicy) {
  const { kind, ...settings } = target;
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
  const value = target.kind === 'exec' ? [...target.argv] : given;
  return { [kind]: value, role, every: writeDuration(everyMs), timeout: writeDuration(timeoutMs) };
}

function writeRung(rung: Rung) {
  return rung.remedy === 'exec' ? { exec: [...rung.argv], timeout: writeDuration(rung.timeoutMs) } : rung.remedy;
}

function writeComponent(policy: ComponentPolicy) {
  const { unit, preset, critical, after, probes, hang, graceMs, ladder, budget, backoff } = policy;
  return {
    ...(preset === null ? {} : { preset }),
    unit,
    critical,
    after: [...after],
    probes: Object.fromEntries(Object.entries(probes).map(([name, probe]) => [name, writeProbe(probe)])),
    hang: { failures: hang.failures, of: hang.of, for: writeDuration(hang.forMs) },
    grace: writeDuration(graceMs),
    ladder: ladder.map(writeRung),
    budget: { actions: budget.actions, per: writeDuration(budget.perMs) },
    backoff: {
      first: writeDuration(backoff.firstMs),
      factor: backoff.factor,
      max: writeDuration(backoff.maxMs),
      jitter: backoff.jitter,
    },
  };
}

/** What the policy does not know, as the configuration says it. */
export function writeConfig(config: Config, { node, ready, components }: NodePolicy): string {
  const { node: _node, readyz, components: _components, ...rest } = config;
  const { listen, tls, bearerTokenFile, socket, discover, ...others } = rest;
  const said = Object.entries(others).filter(([, value]) => value !== undefined && Object.keys(value).length > 0);
  const whole = {
    node,
    listen,
    tls,
    bearerTokenFile,
    socket,
    discover,
    readyz: {
      downAfter: writeDuration(ready.downAfterMs),
      upAfter: writeDuration(ready.upAfterMs),
      staleAfter: writeDuration(ready.staleAfterMs),
      failOpen: ready.failOpen,
      ...(readyz.drainFor === undefined ? {} : { drainFor: readyz.drainFor }),
    },
    components: Object.fromEntries(components.map((policy) => [policy.name, writeComponent(policy)])),
    ...Object.fromEntries(said),
  };
  return stringify(whole, { flowCollectionPadding: true, lineWidth: 120 });
}
