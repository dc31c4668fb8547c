/**
 * The state table is complete: every cell is there, and for every cell there is a story that reaches it (fixtures/core/cells.json) or a reason
 * why none can. NODEMEND_REWRITE=1 looks for the stories that are missing, which takes minutes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { type Sign, signs } from '../../src/core/mend/reading.ts';
import { type Row, table } from '../../src/core/mend/table.ts';
import type { Phase } from '../../src/core/transition.ts';
import { endFaults, type Story, stories, tell } from './story.ts';

const file = join(import.meta.dirname, '../fixtures/core/cells.json');
const phases = Object.keys(table) as Phase[];
const cells = phases.flatMap((phase) => signs.map((sign) => ({ phase, sign, name: `${phase} ${sign}` })));

/** The cells that were asked for since it was last emptied. */
let reached = new Set<string>();
for (const phase of phases) {
  const watched = new Proxy(table[phase], {
    get: (row, sign: string) => {
      reached.add(`${phase} ${sign}`);
      return row[sign as Sign];
    },
  });
  (table as Record<Phase, Row>)[phase] = watched;
}

function cellsOf(story: Story): ReadonlySet<string> {
  reached = new Set();
  const world = tell(story);
  endFaults(world);
  world.advance(60_000);
  return reached;
}

/** Why no story can reach a cell; null for the others. */
function impossible(phase: Phase, sign: Sign): string | null {
  if (sign === 'moot' && phase !== 'mending') return 'mending begins in the very turn in which a remedy is planned';
  const isEnd = sign === 'verifying' || sign === 'verified' || sign === 'unverified';
  const keepsDeed = ['mending', 'unknown', 'masked', 'absent', 'paused'].includes(phase);
  if (isEnd && !keepsDeed) return 'with a remedy under way it is mending, unless hands are off or nothing can be seen';
  const needsLooks = sign === 'shaky' || sign === 'dim';
  if (needsLooks && phase === 'stopped') return 'a new run begins with clean windows';
  if (needsLooks && ['held', 'paused', 'masked'].includes(phase)) return 'what was seen is forgotten on the way out';
  return null;
}

const wanted = cells.filter(({ phase, sign }) => impossible(phase, sign) === null).map(({ name }) => name);

/** The story without what it does not need to reach the cell. */
function shortened(story: Story, cell: string): Story {
  for (let index = story.beats.length - 1; index >= 0; index -= 1) {
    const without = { ...story, beats: story.beats.filter((_, other) => other !== index) };
    if (cellsOf(without).has(cell)) return shortened(without, cell);
  }
  return story;
}

/** The stories that reach something of their own, those that reach much first. */
function withoutIdle(found: readonly Story[]): Story[] {
  const left = new Set(wanted);
  return found
    .map((story) => ({ story, cells: [...cellsOf(story)].filter((cell) => left.has(cell)) }))
    .sort((one, other) => other.cells.length - one.cells.length)
    .filter(({ cells: own }) => own.filter((cell) => left.delete(cell)).length > 0)
    .map(({ story }) => story);
}

function findStories(known: readonly Story[]): Story[] {
  const missing = new Set(wanted);
  for (const cell of known.flatMap((story) => [...cellsOf(story)])) missing.delete(cell);
  const found = [...known];
  const told = fc.sample(fc.oneof(stories(6), stories(12), stories(20)), { seed: 20_261_124, numRuns: 20_000 });
  for (const story of told) {
    if (missing.size === 0) break;
    for (const cell of [...cellsOf(story)].filter((name) => missing.has(name))) {
      if (!missing.has(cell)) continue;
      const short = shortened(story, cell);
      found.push(short);
      for (const name of cellsOf(short)) missing.delete(name);
    }
  }
  return withoutIdle(found);
}

const written = (): Story[] => JSON.parse(readFileSync(file, 'utf8')) as Story[];

if (process.env['NODEMEND_REWRITE'] === '1') {
  const lines = findStories(written()).map((story) => JSON.stringify(story));
  writeFileSync(file, `[\n${lines.join(',\n')}\n]\n`);
}

t.test('every phase has a cell for every sign', async (t) => {
  t.equal(cells.length, 12 * 21);
  for (const { phase, sign } of cells) {
    const { to, effect } = table[phase][sign];
    if (!phases.includes(to) || effect === undefined) t.fail(`${phase} ${sign}`);
  }
});

t.test('every cell is reached by a story, or cannot be', async (t) => {
  const all = new Set(written().flatMap((story) => [...cellsOf(story)]));
  const missed = wanted.filter((name) => !all.has(name));
  const surprising = cells.filter(({ phase, sign, name }) => impossible(phase, sign) !== null && all.has(name));
  t.same(missed, []);
  t.same(
    surprising.map(({ name, phase, sign }) => `${name}: ${impossible(phase, sign)}`),
    [],
  );
});
