/** Random stories of the virtual node, run by `npm run sim`, and how fast they go. Exit status 1 when a rule was broken, 2 for wrong usage. */
import { parseArgs } from 'node:util';
import type { World } from '../../src/sim/world.ts';
import { makeNoise, runNoise } from './noise.ts';
import { runStory } from './run.ts';
import { createShow } from './show.ts';
import { describeStory, shrink } from './shrink.ts';
import { tellStory } from './swarm.ts';

const help = `Usage: npm run sim -- [--stories N] [--hours N] [--seed S] [--noise] [--show]

Plays stories from a seed on, each of so many simulated hours, with every rule checked. The same seed gives the same story.

  --stories N  how many (1)
  --hours N    simulated hours of each (6)
  --seed S     a whole number: of the first; the next has the next (1)
  --noise      nothing is wrong in them, and nothing may be done
  --show       print all that goes on in the first
  --help       this text
`;

function readNumber(name: string, text: string, expected: string, isRight: (value: number) => boolean): number {
  const value = Number(text);
  if (text.trim() === '' || !isRight(value)) throw new Error(`--${name}: found "${text}", expected ${expected}`);
  return value;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      hours: { type: 'string', default: '6' },
      seed: { type: 'string', default: '1' },
      stories: { type: 'string', default: '1' },
      noise: { type: 'boolean', default: false },
      show: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value > 0;
  return {
    ...values,
    hours: readNumber('hours', values.hours, 'a number above 0', (value) => Number.isFinite(value) && value > 0),
    seed: readNumber('seed', values.seed, 'a whole number', Number.isSafeInteger),
    stories: readNumber('stories', values.stories, 'a whole number above 0', isCount),
  };
}

function tryOptions(): ReturnType<typeof readOptions> {
  try {
    const options = readOptions();
    if (!options.help) return options;
    process.stdout.write(help);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`sim: ${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}

const values = tryOptions();
const { hours, seed: first, stories } = values;
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
