/**
 * Stories of six simulated hours, each with its own mixture of faults, operators and upgrades, with S1 to S14 and the recovery checked. How many fits into
 * a few seconds by default; NODEMEND_LONG=1 plays the 2,000 of a full proof.
 */
import t from 'tap';
import { runStory } from './run.ts';
import { describeStory, shrink } from './shrink.ts';
import { tellStory } from './swarm.ts';

const hours = 6;
const seeds = process.env['NODEMEND_LONG'] === '1' ? 2_000 : 100;

t.test(`${seeds} stories of ${hours} h break no rule and end well`, async (t) => {
  let turns = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const story = tellStory(seed, hours);
    const { breaches } = await runStory(story, () => ({
      turned: () => {
        turns += 1;
      },
    }));
    const first = breaches[0];
    if (first === undefined) continue;
    const shrunk = describeStory(await shrink(story, first.rule));
    t.fail(`npm run sim -- --hours ${hours} --seed ${seed} --show: ${first.what}`, { shrunk });
  }
  t.ok(turns > 500 * seeds, `${turns} turns of the agent's loop were looked at`);
});
