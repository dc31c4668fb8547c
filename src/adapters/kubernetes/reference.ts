/** Paths of the Kubernetes API. Pure. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** In the plural, as it stands in paths: leases. */
  readonly plural: string;
}

export const leases: Resource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };

/** Of one object, or of the whole collection when no name is given; of all namespaces when no namespace is. */
export function pathOf({ group, version, plural }: Resource, namespace: string | null, name?: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const within = namespace === null ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${within}/${plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}
