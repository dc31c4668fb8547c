/**
 * Hours in which nothing is wrong and much looks as if it were: slow, failing and forbidden looks, all shorter than a hang must last, lost signals, a bus
 * that is slow, hung or gone, load, suspends, stepped clocks, an agent that is stopped or late. Whatever nodemend does then is too much.
 */
import { resolvePolicy } from '../../src/config/resolve.ts';
import type { Happening, Scheduled } from '../../src/sim/happening.ts';
import { createRandom, type Random } from '../../src/sim/random.ts';
import type { Watcher } from '../../src/sim/watcher.ts';
import type { World } from '../../src/sim/world.ts';
import { type Node, nodes } from './nodes.ts';
import type { Breach } from './rules/case.ts';
import { type Outcome, runStory } from './run.ts';
import type { Story } from './swarm.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const firstMs = 2 * minuteMs;
const calmMs = 10 * minuteMs;
/** Two of the same kind close together would be more than either was meant to be. */
const apartMs = 3 * minuteMs;

interface Patience {
  /** The shortest deadline of a look that counts. */
  readonly lookMs: number;
  /** The shortest time that a hang has to last. */
  readonly hangMs: number;
}

function patienceOf({ config }: Node): Patience {
  const policies = resolvePolicy(config, []).components;
  const probes = policies.flatMap((policy) => Object.values(policy.probes)).filter(({ role }) => role !== 'report');
  return {
    lookMs: Math.min(...probes.map(({ timeoutMs }) => timeoutMs)),
    hangMs: Math.min(...policies.map(({ hang }) => hang.forMs)),
  };
}

type Make = (random: Random, unit: string, patience: Patience) => Happening;

const seconds = (random: Random, least: number, most: number): number => 1_000 * random.whole(least, most);
/** Of a deadline, how much a slow program takes. */
const slowShare = 0.5;
/** The longest deadline of a vote. */
const voteMs = 3_000;
const marginMs = 500;

/** A program that says nothing or the wrong thing for a while. The last look begins within it and lasts as long as a look does. */
const hiccups: readonly Make[] = [
  (random, unit, { hangMs }) => ({ what: 'freeze', unit, forMs: random.between(500, hangMs - voteMs - marginMs) }),
  (random, unit, { hangMs, lookMs }) => ({
    what: 'stay-sick',
    unit,
    forMs: random.between(500, hangMs - slowShare * lookMs - marginMs),
  }),
];

/** Slower than the deadlines of a node at rest, and within those of a node under this pressure (S6: 1 + 3 times the pressure). */
const strains: readonly Make[] = [
  (random, _unit, { lookMs }) => {
    const pressure = random.between(0.3, 1);
    const slowLooksMs = Math.floor(lookMs * ((1 + 3 * pressure) * 0.95 - slowShare));
    return { what: 'strain', pressure, slowLooksMs, forMs: seconds(random, 30, 900) };
  },
];

const others: readonly Make[] = [
  (random, unit, { lookMs }) => ({
    what: 'slow-down',
    unit,
    byMs: random.between(0, slowShare * lookMs - 10),
    forMs: seconds(random, 10, 1_800),
  }),
  (random, unit) => ({ what: 'hide', unit, forMs: seconds(random, 20, 600) }),
  (random) => ({ what: 'suspend', forMs: seconds(random, 1, 20_000) }),
  (random) => ({ what: 'step-clock', byMs: seconds(random, -400_000_000, 400_000_000) }),
  (random) => ({ what: 'halt-agent', forMs: seconds(random, 1, 29) }),
  (random) => ({ what: 'lag-agent', byMs: random.whole(20, 4_000), forMs: seconds(random, 5, 120) }),
  (random) => ({ what: 'lose-bus', forMs: random.whole(50, 300_000) }),
  (random) => ({ what: 'hang-bus', forMs: seconds(random, 5, 300) }),
  (random) => ({ what: 'lose-signals', share: random.between(0.1, 1), forMs: seconds(random, 10, 900) }),
  (random) => ({ what: 'slow-bus', lagMs: random.whole(5, 3_000), forMs: seconds(random, 10, 300) }),
  () => ({ what: 'reload-badly' }),
];

/** Times within the hours, so many an hour on average and so far apart at least. */
function moments(random: Random, perHour: number, untilMs: number, apart: number): number[] {
  const times: number[] = [];
  for (let atMs = firstMs; atMs < untilMs; atMs += apart + random.between(0, (2 * hourMs) / perHour)) times.push(atMs);
  return times.map((atMs) => atMs + random.between(0, apart / 10));
}

export function makeNoise(seed: number, hours: number): Story {
  const random = createRandom(seed).fork('noise');
  const node = random.pick(nodes);
  const endMs = hours * hourMs;
  const healMs = endMs - calmMs;
  const patience = patienceOf(node);
  const tell = (makes: readonly Make[], perHour: number, apart: number): Scheduled[] =>
    moments(random, perHour, healMs - minuteMs, apart).map((atMs) => ({
      atMs,
      happening: random.pick(makes)(random, random.pick(node.units).name, patience),
    }));
  // The longest strain is over before the next one begins.
  const happenings = [...tell(hiccups, 1, apartMs), ...tell(strains, 0.5, 1_000_000), ...tell(others, 2, 0)];
  happenings.sort((a, b) => a.atMs - b.atMs);
  return { seed, node, happenings, deathShare: 0, healMs, endMs };
}

const nobody = (_of: () => World): Watcher => ({});

/** Every action that is decided is a breach, whether or not it reaches the node. */
export async function runNoise(story: Story, createOnlooker: typeof nobody = nobody): Promise<Outcome> {
  const deeds: Breach[] = [];
  const { breaches, world } = await runStory(story, (of) => {
    const onlooker = createOnlooker(of);
    return {
      ...onlooker,
      turned: (turned) => {
        onlooker.turned?.(turned);
        for (const action of turned.step.actions) {
          if (!('reason' in action)) continue;
          const what = `noise: ${action.type} of ${action.component} for ${action.reason}`;
          deeds.push({ rule: 'noise', what, agendaMs: of().agenda.nowMs() });
        }
      },
    };
  });
  return { world, breaches: [...deeds, ...breaches] };
}
