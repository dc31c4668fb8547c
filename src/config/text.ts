/** A policy as the file that would ask for it. */
import { stringify } from 'yaml';
import type { ComponentPolicy, NodePolicy, ProbePolicy, Rung } from '../core/mend/policy.ts';
import { writeDuration } from './duration.ts';
import type { Config } from './schema.ts';

/** What a file says beside the policy. */
export type Surroundings = Pick<
  Config,
  'listen' | 'socket' | 'discover' | 'readyz' | 'agentCheck' | 'trackFile' | 'leaders' | 'apiservers' | 'alerts'
>;

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

export function writeConfig(
  { listen, socket, discover, readyz, agentCheck, trackFile, leaders, apiservers, alerts }: Surroundings,
  { node, ready, components }: NodePolicy,
): string {
  const whole = {
    node,
    listen,
    socket,
    discover,
    readyz: {
      downAfter: writeDuration(ready.downAfterMs),
      upAfter: writeDuration(ready.upAfterMs),
      staleAfter: writeDuration(ready.staleAfterMs),
      failOpen: ready.failOpen,
      ...(readyz.drainFor === undefined ? {} : { drainFor: readyz.drainFor }),
    },
    ...(agentCheck === undefined ? {} : { agentCheck }),
    ...(trackFile === undefined ? {} : { trackFile }),
    ...(Object.keys(leaders).length === 0 ? {} : { leaders }),
    ...(apiservers === undefined ? {} : { apiservers }),
    components: Object.fromEntries(components.map((policy) => [policy.name, writeComponent(policy)])),
    ...(Object.keys(alerts).length === 0 ? {} : { alerts }),
  };
  return stringify(whole, { flowCollectionPadding: true, lineWidth: 120 });
}
