/**
 * Nothing is wrong, and nothing is done: no action in many hours of noise. Without the rules that keep nodemend's hands off, there are some. A million
 * hours are played by `npm run sim -- --noise --stories 10000 --hours 100`.
 */
import t from 'tap';
import type { Mutant } from './mutants.ts';
import { copyWith, load } from './mutation.ts';
import { makeNoise, runNoise } from './noise.ts';

const hours = 100;
const seeds = process.env['NODEMEND_LONG'] === '1' ? 1_000 : 10;

t.test(`${seeds} times ${hours} h of noise`, async (t) => {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const first = (await runNoise(makeNoise(seed, hours))).breaches[0];
    if (first !== undefined) t.fail(`npm run sim -- --noise --hours ${hours} --seed ${seed} --show: ${first.what}`);
  }
  t.pass('played');
});

type Noise = typeof import('./noise.ts');

/** Each takes away what stands between noise and an action. */
const careless: readonly Mutant[] = [
  {
    rule: 'S4',
    seed: 1,
    what: 'what cannot be seen counts as bad',
    file: 'looks.ts',
    line: 'const counts = seen.startedAtMs >= component.freshFromMs;',
    instead:
      "const counts = seen.startedAtMs >= component.freshFromMs;\n  if (seen.verdict === 'unknown') seen = { ...seen, verdict: 'unhealthy' };",
  },
  {
    rule: 'S5',
    seed: 1,
    what: 'a hang need not last',
    file: 'verdict.ts',
    line: 'const enough = known === last && bad >= failures && spanMs >= forMs;',
    instead: 'const enough = known === last && bad >= failures && spanMs + forMs > 0;',
  },
  {
    rule: 'S6',
    seed: 1,
    what: 'deadlines do not widen under pressure',
    file: 'pressure.ts',
    line: 'return 1 + (mostStretch - 1) * Math.min(1, Math.max(byPressure, byLag));',
    instead: 'return 1 + 0 * (mostStretch - 1) * Math.min(1, Math.max(byPressure, byLag));',
  },
];

for (const mutant of careless) {
  t.test(`noise finds out where ${mutant.rule} is missing: ${mutant.what}`, async (t) => {
    const folder = t.testdir({});
    copyWith(mutant, folder);
    const noise = (await load(folder, 'noise.ts')) as Noise;
    for (let seed = 1; seed <= 20; seed += 1) {
      const { breaches } = await noise.runNoise(noise.makeNoise(seed, hours));
      if (breaches.some(({ rule }) => rule === 'noise')) return void t.pass(`found by seed ${seed}`);
    }
    t.fail('not found within 20 seeds');
  });
}
