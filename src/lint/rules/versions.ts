/** Versions of configurations that are out of date. */
import { found } from '../finding.ts';
import type { Rule } from '../rule.ts';

/** By group: the versions that are deprecated or gone, and the one to use. */
const versions: Readonly<Record<string, { readonly old: RegExp; readonly now: string }>> = {
  'kubeadm.k8s.io': { old: /^(v1alpha\d|v1beta[123])$/, now: 'v1beta4' },
  'kubescheduler.config.k8s.io': { old: /^(v1alpha\d|v1beta\d)$/, now: 'v1' },
};

export const configVersions: Rule = ({ documents }) =>
  documents.flatMap((document) => {
    const [group = '', version = ''] = document.apiVersion.split('/');
    const known = Object.hasOwn(versions, group) ? versions[group] : undefined;
    if (known === undefined || !known.old.test(version)) return [];
    const mend = group === 'kubeadm.k8s.io' ? undefined : `write it as ${group}/${known.now}`;
    return [found('config.version', document.keySpot([], 'apiVersion'), document.apiVersion, mend)];
  });
