/** There is more than one instance of what has to have a replacement, or there can be. */
import { type Document, textOf, valueAt } from '../document.ts';
import { type Finding, found } from '../finding.ts';
import type { Rule } from '../rule.ts';

/** A Deployment without replicas has one. */
function checkReplicas(document: Document, names: readonly string[]): Finding[] {
  const replicas = Number(textOf(valueAt(document.fields, ['spec', 'replicas'])) ?? '1');
  if (names.length === 0 || !(replicas < 2)) return [];
  return [
    found('instances.single', document.spot(['spec', 'replicas']), `${names.join(', ')} with replicas: ${replicas}`),
  ];
}

export const instances: Rule = ({ documents, programs }) =>
  documents.flatMap((document) => {
    if (document.kind === 'Deployment' || document.kind === 'StatefulSet') {
      const names = programs.filter((program) => program.document === document).map(({ name }) => name);
      return checkReplicas(document, names);
    }
    if (document.kind !== 'ClusterConfiguration' || textOf(document.fields['controlPlaneEndpoint'])) return [];
    return [found('instances.no-endpoint', document.keySpot([], 'kind'), 'ClusterConfiguration')];
  });
