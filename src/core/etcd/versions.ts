/** Versions that lose or damage data, from etcd's own notices: CHANGELOG-3.4, CHANGELOG-3.5, CHANGELOG-3.6 and the 3.5 postmortem. */

interface Fault {
  /** First and last version that has it, as [minor, patch] of version 3. */
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly what: string;
  readonly fixedIn: string;
}

const faults: readonly Fault[] = [
  { from: [5, 0], to: [5, 2], what: 'a kill under load can lose writes on one member', fixedIn: '3.5.3' },
  { from: [5, 5], to: [5, 5], what: 'members can come to hold different data', fixedIn: '3.5.6' },
  { from: [4, 21], to: [4, 21], what: 'members can come to hold different data', fixedIn: '3.4.22' },
];

/** Why a version should not be run, or null. What is not a version is not judged. */
export function faultOf(version: string): string | null {
  const [, minor = '', patch = ''] = /^3\.(\d+)\.(\d+)/.exec(version) ?? [];
  if (minor === '') return null;
  const at = Number(minor) * 1_000 + Number(patch);
  const number = ([of, to]: readonly [number, number]): number => of * 1_000 + to;
  const fault = faults.find(({ from, to }) => number(from) <= at && at <= number(to));
  return fault === undefined ? null : `${version}: ${fault.what}; fixed in ${fault.fixedIn}`;
}
