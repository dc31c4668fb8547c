/**
 * Plays a part of the swarm in a test: stories of six simulated hours, each with its own mixture of faults, operators and upgrades, with S1 to S14 and the
 * recovery checked. The parts are files of their own, so that they run beside each other.
 */
import type { Test } from 'tap';
import { runStory } from './run.ts';
import { describeStory, shrink } from './shrink.ts';
import { tellStory } from './swarm.ts';

const hours = 6;
/** On a machine that has much else to do. */
const patienceMs = 300_000;

export function playSwarm(t: Test, first: number, last: number): void {
  t.setTimeout(patienceMs);
  t.test(`stories ${first} to ${last} of ${hours} h break no rule and end well`, async (t) => {
    let turns = 0;
    for (let seed = first; seed <= last; seed += 1) {
      const story = tellStory(seed, hours);
      const { breaches } = await runStory(story, () => ({
        turned: () => {
          turns += 1;
        },
      }));
      const [breach] = breaches;
      if (breach === undefined) continue;
      const how = `npm run sim -- --hours ${hours} --seed ${seed} --show: ${breach.what}`;
      t.fail(how, { shrunk: describeStory(await shrink(story, breach.rule)) });
    }
    t.ok(turns > 300 * (last - first), `${turns} turns of the agent's loop were looked at`);
  });
}
