/** Every defect that the simulator found stays away: each story of found.ts breaks no rule and ends well. */
import t from 'tap';
import { found } from './found.ts';
import { nodes } from './nodes.ts';
import { runStory } from './run.ts';

for (const { now, seed, node: name, story, hours } of found) {
  t.test(now, async (t) => {
    const node = nodes.find((one) => one.name === name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    const endMs = hours * 3_600_000;
    const { breaches } = await runStory({
      seed,
      node,
      happenings: story,
      deathShare: 0,
      healMs: endMs - 3_000_000,
      endMs,
    });
    t.same(breaches, []);
  });
}
