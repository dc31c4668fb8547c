/** One metric family. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
}

export function family<Labels extends readonly string[]>(
  name: string,
  type: Family['type'],
  help: string,
  labels: Labels,
) {
  return { name, type, help, labels };
}
