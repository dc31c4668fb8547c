/** A policy as the file that would ask for it. */
import { stringify as toYaml } from 'yaml';
import type { NodePolicy } from '../core/mend/policy.ts';
import { writeDuration } from './duration.ts';

export function stringify({ node, components }: NodePolicy): string {
  const entries = components.map(
    ({ name, unit, preset, critical, after, probes, hang, graceMs, ladder, budget, backoff }) => [
      name,
      {
        ...(preset === null ? {} : { preset }),
        unit,
        critical,
        after: [...after],
        probes: Object.fromEntries(
          Object.entries(probes).map(([probe, { target, role, everyMs, timeoutMs }]) => {
            const { kind, ...settings } = target;
            const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
            const value = target.kind === 'exec' ? [...target.argv] : given;
            return [probe, { [kind]: value, role, every: writeDuration(everyMs), timeout: writeDuration(timeoutMs) }];
          }),
        ),
        hang: { failures: hang.failures, of: hang.of, for: writeDuration(hang.forMs) },
        grace: writeDuration(graceMs),
        ladder: ladder.map((rung) =>
          rung.remedy === 'exec' ? { exec: [...rung.argv], timeout: writeDuration(rung.timeoutMs) } : rung.remedy,
        ),
        budget: { actions: budget.actions, per: writeDuration(budget.perMs) },
        backoff: {
          first: writeDuration(backoff.firstMs),
          factor: backoff.factor,
          max: writeDuration(backoff.maxMs),
          jitter: backoff.jitter,
        },
      },
    ],
  );
  return toYaml({ node, components: Object.fromEntries(entries) }, { flowCollectionPadding: true, lineWidth: 120 });
}
