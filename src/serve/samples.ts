/** Series that are made anew from each view: what is not looked at any more goes. */
import type { FamilyKey } from './families.ts';
import type { Labels, Series } from './series.ts';

export interface Sample {
  readonly key: FamilyKey;
  readonly labels: Labels;
  readonly value: number;
}

/** One for each state, 1 for the present one. */
export const oneOf = (key: FamilyKey, labels: Labels, name: string, states: object, now: string): Sample[] =>
  Object.keys(states).map((state) => ({ key, labels: { ...labels, [name]: state }, value: Number(state === now) }));

/** Sets them, and takes away those of the last time that are not among them. */
export function createSampled(series: Series): (samples: readonly Sample[]) => void {
  let before: readonly Sample[] = [];
  return (samples) => {
    const present = new Set(samples.map(({ key, labels }) => JSON.stringify([key, labels])));
    for (const { key, labels } of before) if (!present.has(JSON.stringify([key, labels]))) series.remove(key, labels);
    for (const { key, labels, value } of samples) series.set(key, labels, value);
    before = samples;
  };
}
