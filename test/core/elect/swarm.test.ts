/**
 * 1,000 seeds: three candidates, messages lost and late, clocks that go as differently as the durations tolerate, frozen, killed and cut off. No two
 * holders ever act, and once the faults are over there is one again. NODEMEND_LONG plays twenty times as many.
 */
import t from 'tap';
import { faultsIn } from './history.ts';
import { createLease, createQueue } from './stores.ts';
import { createRandom, createWorld, type World } from './world.ts';

const seeds = process.env['NODEMEND_LONG'] === '1' ? 20_000 : 1_000;
const names = ['a', 'b', 'c'];
/** leaseDuration over renewDeadline. */
const tolerated = 15_000 / 10_000;

interface Played {
  readonly seed: number;
  readonly faults: readonly string[];
  readonly terms: number;
  readonly acts: number;
  readonly recovered: boolean;
}

function befall(world: World, random: () => number): void {
  const name = names[Math.floor(random() * names.length)] ?? 'a';
  const spanMs = Math.floor(random() * 25_000);
  const kind = Math.floor(random() * 5);
  if (kind === 0) world.freeze(name, spanMs);
  if (kind === 1) world.kill(name, spanMs);
  if (kind === 2) world.cut(name, true);
  if (kind >= 3) world.cut(name, false);
  world.advance(spanMs);
}

function play(seed: number): Played {
  const random = createRandom(seed);
  // The two extremes are there in every world: a fast one that waits too short, and a slow one that leads too long.
  const slow = 1 / Math.sqrt(tolerated);
  const spread = [slow, slow * tolerated, slow + random() * (slow * tolerated - slow)].sort(() => random() - 0.5);
  const rates = Object.fromEntries(names.map((name, index) => [name, spread[index] ?? 1]));
  const network = { loss: random() * 0.4, mostDelayMs: random() < 0.3 ? 6_000 * random() : 200 * random() };
  const world = createWorld({ seed, store: seed % 2 === 0 ? createLease() : createQueue(), network, rates });
  world.advance(30_000);
  for (let beat = 0; beat < 12; beat += 1) befall(world, random);
  world.calm();
  // A candidate that is down or frozen is back within 25 s, a lease is over after 15 s of the slowest clock, a look comes every 4.4 s.
  world.advance(60_000);
  const before = world.history.length;
  world.advance(1_000);
  return {
    seed,
    faults: faultsIn(world.history),
    terms: world.terms(),
    acts: world.history.length,
    recovered: world.history.length > before,
  };
}

t.test(`in ${seeds} worlds no two holders act, and one does again when the faults are over`, async (t) => {
  const played = Array.from({ length: seeds }, (_, index) => play(index + 1));
  const faulty = played.filter(({ faults }) => faults.length > 0);
  t.same(
    faulty.slice(0, 3).map(({ seed, faults }) => [seed, faults.slice(0, 2)]),
    [],
    'two holders',
  );
  t.same(
    played.filter(({ recovered }) => !recovered).map(({ seed }) => seed),
    [],
    'nobody leads a minute after the last fault',
  );
  const sum = (of: (one: Played) => number): number => played.reduce((all, one) => all + of(one), 0);
  t.ok(sum(({ terms }) => terms) > 3 * seeds, 'leadership moves: the faults bite');
  t.comment(`${sum(({ terms }) => terms)} terms, ${sum(({ acts }) => acts)} acts`);
});
