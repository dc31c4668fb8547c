/** Two failures at once: both are induced, what either expects must come, what either forbids must not, both are healed. */
import { categories, type Expectation, type Failure, type Never, type UnitName } from '../failure.ts';

/** Units that an expectation of either one wants to see with a new run. */
const touched = (expect: readonly Expectation[]): ReadonlySet<UnitName> =>
  new Set(expect.flatMap((one) => (one.kind === 'mended' ? [one.unit] : [])));

/** What both forbid, as far as neither expects it; what they may start is added up. */
function neverOf(first: Failure, second: Failure): readonly Never[] {
  const all = [...first.never, ...second.never];
  const wanted = touched([...first.expect, ...second.expect]);
  const units = all.flatMap((one) => (one.kind === 'restarted' ? one.units.filter((unit) => !wanted.has(unit)) : []));
  const starts = all.flatMap((one) => (one.kind === 'starts' ? [one.moreThan] : []));
  return [
    { kind: 'restarted', units: [...new Set(units)] },
    ...(starts.length === 2 ? [{ kind: 'starts', moreThan: (starts[0] ?? 0) + (starts[1] ?? 0) } as const] : []),
    ...all.filter(({ kind }) => kind === 'killed'),
    { kind: 'down' },
  ];
}

/** The second one begins when the first one has been induced. Of a pair with "left alone" only the other half can be expected. */
export function together(first: Failure, second: Failure): Failure {
  const expect = [...first.expect, ...second.expect];
  const active = expect.filter(({ kind }) => kind !== 'left-alone');
  return {
    name: `${first.name}+${second.name}`,
    title: `${first.title}; and ${second.title}`,
    category: categories.find((category) => category === second.category) ?? first.category,
    needs: {
      units: [...new Set([...first.needs.units, ...second.needs.units])],
      tools: [...new Set([...first.needs.tools, ...second.needs.tools])],
      files: [...new Set([...first.needs.files, ...second.needs.files])],
    },
    induce: [...first.induce.filter(({ kind }) => kind !== 'count'), ...second.induce],
    expect: active.length > 0 ? active : expect,
    never: neverOf(first, second),
    witness: first.witness,
    withinMs: first.withinMs + second.withinMs,
    heal: [...second.heal, ...first.heal],
  };
}

export const pairNames: readonly (readonly [string, string])[] = [
  ['containerd-killed', 'docker-killed'],
  ['docker-killed', 'kubelet-killed'],
  ['containerd-frozen', 'kubelet-frozen'],
  ['docker-frozen', 'kubelet-killed'],
  ['logind-killed', 'containerd-killed'],
  ['journald-frozen', 'kubelet-killed'],
  ['names-fail', 'containerd-killed'],
  ['docker-socket-closed', 'kubelet-killed'],
  ['unit-masked', 'containerd-killed'],
  ['processor-busy', 'docker-killed'],
];
