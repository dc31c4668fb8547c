/**
 * `npm run sim -- [--noise] [--stories N] [--hours N] [--seed S] [--show]`: plays stories from a seed on, each of so many simulated hours, with every rule
 * checked, and says how fast. `--noise`: nothing is wrong in them, and nothing may be done. `--show` prints all that goes on in the first one.
 */
import { parseArgs } from 'node:util';
import type { World } from '../../src/sim/world.ts';
import { makeNoise, runNoise } from './noise.ts';
import { runStory } from './run.ts';
import { createShow } from './show.ts';
import { describeStory, shrink } from './shrink.ts';
import { tellStory } from './swarm.ts';

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    stories: { type: 'string', default: '1' },
    noise: { type: 'boolean', default: false },
    show: { type: 'boolean', default: false },
  },
});
const hours = Number(values.hours);
const first = Number(values.seed);
const stories = Number(values.stories);
const noise = values.noise ? ' --noise' : '';
const run = values.noise ? runNoise : runStory;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const began = process.cpuUsage();
/** Shrinking plays a story some dozen times. */
const mostShrunk = 3;
let failed = 0;
for (let seed = first; seed < first + stories; seed += 1) {
  const story = values.noise ? makeNoise(seed, hours) : tellStory(seed, hours);
  const onlooker = values.show && seed === first ? (of: () => World) => createShow(of, print) : () => ({});
  const { breaches } = await run(story, onlooker);
  if (breaches.length === 0) continue;
  failed += 1;
  print(
    `seed ${seed} (${story.node.name}): ${breaches.length} breaches; npm run sim --${noise} --hours ${hours} --seed ${seed} --show`,
  );
  for (const { what, agendaMs } of breaches.slice(0, 3)) print(`  at ${Math.round(agendaMs / 1_000)} s: ${what}`);
  const rule = breaches[0]?.rule;
  if (rule === undefined || failed > mostShrunk) continue;
  for (const line of describeStory(await shrink(story, rule, run))) print(`    ${line}`);
}
const { user, system } = process.cpuUsage(began);
const rate = Math.round((stories * hours) / ((user + system) / 1_000_000));
print(`${stories} stories of ${hours} h, ${failed} failed; ${rate} node-hours per second of processor time`);
process.exitCode = failed === 0 ? 0 : 1;
