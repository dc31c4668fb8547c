/** One pod, one file. The kubelet reads every file of the folder that does not begin with a dot, backups too. */
import { type Document, textOf, valueAt } from '../document.ts';
import { found } from '../finding.ts';
import type { Rule } from '../rule.ts';

function nameOf({ fields, kind }: Document): string | null {
  const name = textOf(valueAt(fields, ['metadata', 'name']));
  if (kind !== 'Pod' || name === null) return null;
  return `${textOf(valueAt(fields, ['metadata', 'namespace'])) ?? 'default'}/${name}`;
}

export const twice: Rule = ({ documents }) => {
  const first = new Map<string, Document>();
  return documents.flatMap((document) => {
    const name = nameOf(document);
    const other = name === null ? undefined : first.get(name);
    if (name !== null && other === undefined) first.set(name, document);
    if (other === undefined) return [];
    return [
      found('file.twice', document.spot(['metadata', 'name']), `the pod ${name} stands in ${other.file} already`),
    ];
  });
};
