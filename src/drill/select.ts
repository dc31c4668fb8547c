/** Which failures are drilled, in which order, and which this node cannot have. */
import { nextRandom } from '../core/random.ts';
import { type Category, categories, type Failure, type UnitName } from './failure.ts';
import type { Target } from './target.ts';

export interface Wish {
  readonly names: readonly string[];
  readonly category: string | null;
  readonly all: boolean;
  readonly pairs: boolean;
}

export interface Selection {
  readonly failures: readonly Failure[];
  /** Mistakes of the wish, all of them. */
  readonly problems: readonly string[];
}

const isCategory = (word: string): word is Category => categories.some((category) => category === word);

export function select(wish: Wish, catalogue: readonly Failure[], pairs: readonly Failure[]): Selection {
  const known = [...catalogue, ...pairs];
  const unknown = wish.names.filter((name) => known.every((failure) => failure.name !== name));
  const problems = unknown.map((name) => `there is no failure "${name}": nodemend-drill list shows them`);
  if (wish.category !== null && !isCategory(wish.category)) {
    problems.push(`there is no category "${wish.category}": there are ${categories.join(', ')}`);
  }
  if (wish.names.length === 0 && wish.category === null && !wish.all && !wish.pairs) {
    problems.push('nothing to drill: give names, --category, --pairs or --all');
  }
  const wanted = [
    ...known.filter(({ name }) => wish.names.includes(name)),
    ...catalogue.filter(({ category }) => wish.all || category === wish.category),
    ...(wish.pairs || wish.all ? pairs : []),
  ];
  return { failures: [...new Set(wanted)], problems };
}

/** Shuffled by the seed: what one failure leaves behind meets another one in every run. */
export function shuffle<T>(list: readonly T[], seed: number): readonly T[] {
  const shuffled = [...list];
  let state = seed;
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const drawn = nextRandom(state);
    state = drawn.seed;
    const other = Math.floor(drawn.value * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
  }
  return shuffled;
}

export interface Fitting {
  readonly possible: readonly Failure[];
  readonly leftOut: readonly { readonly failure: Failure; readonly lacks: string }[];
}

/** What the node lacks for each failure: nothing of it is touched to find out. */
export async function fit(target: Target, failures: readonly Failure[], units: readonly UnitName[]): Promise<Fitting> {
  const tools = [...new Set(failures.flatMap(({ needs }) => needs.tools))];
  const files = [...new Set(failures.flatMap(({ needs }) => needs.files))];
  const missing = new Set<string>();
  for (const tool of tools) {
    if ((await target.run(['sh', '-c', 'command -v "$0"', tool])).status !== 0) missing.add(`the program ${tool}`);
  }
  for (const file of files) if ((await target.run(['test', '-e', file])).status !== 0) missing.add(`the file ${file}`);
  const lacks = ({ needs }: Failure): readonly string[] => [
    ...needs.units.filter((unit) => !units.includes(unit)).map((unit) => `${unit} under nodemend's supervision`),
    ...needs.tools.map((tool) => `the program ${tool}`).filter((what) => missing.has(what)),
    ...needs.files.map((file) => `the file ${file}`).filter((what) => missing.has(what)),
  ];
  const leftOut = failures
    .map((failure) => ({ failure, lacks: lacks(failure).join(', ') }))
    .filter((one) => one.lacks !== '');
  const out = new Set(leftOut.map(({ failure }) => failure));
  return { possible: failures.filter((failure) => !out.has(failure)), leftOut };
}
