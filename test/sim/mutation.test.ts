/**
 * The simulator can tell: for every rule of behaviour a deliberate fault is put into a copy of the core, and the swarm must find it by that very rule
 * within 200 seeds. The daemon itself has no switch for this.
 */
import t from 'tap';
import { type Mutant, mutants } from './mutants.ts';
import { copyWith, load } from './mutation.ts';

const hours = 6;
const mostSeeds = 200;

type Run = typeof import('./run.ts');
type Swarm = typeof import('./swarm.ts');

/** The first seed whose story shows a breach of the rule; null when there is none. */
async function findSeed(folder: string, { rule, seed: known }: Mutant): Promise<number | null> {
  const { runStory } = (await load(folder, 'run.ts')) as Run;
  const { tellStory } = (await load(folder, 'swarm.ts')) as Swarm;
  const others = Array.from({ length: mostSeeds }, (_, index) => index + 1).filter((seed) => seed !== known);
  for (const seed of [known, ...others]) {
    const { breaches } = await runStory(tellStory(seed, hours));
    if (breaches.some((breach) => breach.rule === rule)) return seed;
  }
  return null;
}

t.test('there is a mutant for every rule', async (t) => {
  t.same(
    mutants.map(({ rule }) => rule),
    ['S1', 'S2', 'S3', 'S4', 'S5', 'S6', 'S7', 'S8', 'S9', 'S10', 'S11', 'S12', 'S13', 'S14'],
  );
});

for (const mutant of mutants) {
  t.test(`${mutant.rule} is missed by nobody: ${mutant.what}`, async (t) => {
    const folder = t.testdir({});
    copyWith(mutant, folder);
    const seed = await findSeed(folder, mutant);
    t.ok(seed !== null, seed === null ? `not found within ${mostSeeds} seeds` : `found by seed ${seed}`);
  });
}
