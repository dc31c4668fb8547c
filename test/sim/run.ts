/** Plays one story with everything checked: faults, then heal, then everything has to be well again. */
import { createRandom } from '../../src/sim/random.ts';
import type { Watcher } from '../../src/sim/watcher.ts';
import { createWorld, type World } from '../../src/sim/world.ts';
import type { Breach } from './rules/case.ts';
import { recoveryBreaches } from './rules/liveness.ts';
import { createOracle } from './rules/oracle.ts';
import type { Story } from './swarm.ts';

export interface Outcome {
  readonly breaches: readonly Breach[];
  readonly world: World;
}

function both(first: Watcher, second: Watcher): Watcher {
  return {
    turned: (turned) => {
      first.turned?.(turned);
      second.turned?.(turned);
    },
    called: (call) => {
      first.called?.(call);
      second.called?.(call);
    },
    agent: (what, state) => {
      first.agent?.(what, state);
      second.agent?.(what, state);
    },
    asked: (verb, unit, merged) => {
      first.asked?.(verb, unit, merged);
      second.asked?.(verb, unit, merged);
    },
    happened: (what) => {
      first.happened?.(what);
      second.happened?.(what);
    },
    rested: (rested) => {
      first.rested?.(rested);
      second.rested?.(rested);
    },
  };
}

/** The onlooker is told what the rules are told. */
export async function runStory(
  story: Story,
  createOnlooker: (world: () => World) => Watcher = () => ({}),
): Promise<Outcome> {
  const oracle = createOracle(() => world);
  const { config, units, disabled } = story.node;
  const watcher = both(
    oracle.watcher,
    createOnlooker(() => world),
  );
  const luck = createRandom(story.seed).fork('death');
  const dies = (): boolean => world.agenda.nowMs() < story.healMs && luck.chance(story.deathShare);
  const world: World = createWorld({ seed: story.seed, config, units, disabled, watcher, dies });
  world.tell(story.happenings);
  await world.runTo(story.healMs);
  world.heal();
  await world.runTo(story.endMs);
  const late = recoveryBreaches(world, oracle.knowledge);
  return { breaches: [...oracle.breaches, ...late], world };
}
