/**
 * From a seed to a story: a node, and faults, operators and upgrades in clusters over some hours. Each seed picks its own few kinds of trouble, so that
 * between them the seeds try mixtures that nobody would think of.
 */
import type { Happening, Scheduled, What } from '../../src/sim/happening.ts';
import { createRandom, type Random } from '../../src/sim/random.ts';
import { type Node, nodes } from './nodes.ts';

export interface Story {
  readonly seed: number;
  readonly node: Node;
  readonly happenings: readonly Scheduled[];
  /** How likely the agent dies at each write, sync, call and reply. */
  readonly deathShare: number;
  /** When the faults stop, and when everything must be well again. */
  readonly healMs: number;
  readonly endMs: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** After the faults: a half-open retry every 5 min, a budget of 15 or 30 min, and some. */
const recoveryMs = 50 * minuteMs;
const firstMs = 2 * minuteMs;

interface Kind {
  readonly weight: number;
  readonly make: (random: Random, node: Node) => Happening;
}

const anyUnit = (random: Random, { units }: Node): string => random.pick(units).name;
const anyComponent = (random: Random, { config }: Node): string => random.pick(Object.keys(config.components));
const seconds = (random: Random, least: number, most: number): number => 1_000 * random.whole(least, most);

const kinds: Readonly<Record<What, Kind>> = {
  crash: { weight: 4, make: (random, node) => ({ what: 'crash', unit: anyUnit(random, node) }) },
  exit: { weight: 1, make: (random, node) => ({ what: 'exit', unit: anyUnit(random, node) }) },
  oom: { weight: 1, make: (random, node) => ({ what: 'oom', unit: anyUnit(random, node) }) },
  freeze: {
    weight: 4,
    make: (random, node) => ({
      what: 'freeze',
      unit: anyUnit(random, node),
      forMs: random.chance(0.5) ? null : seconds(random, 2, 60),
    }),
  },
  deadlock: { weight: 3, make: (random, node) => ({ what: 'deadlock', unit: anyUnit(random, node) }) },
  sicken: { weight: 2, make: (random, node) => ({ what: 'sicken', unit: anyUnit(random, node) }) },
  'lose-socket': { weight: 1, make: (random, node) => ({ what: 'lose-socket', unit: anyUnit(random, node) }) },
  'stay-sick': {
    weight: 1,
    make: (random, node) => ({ what: 'stay-sick', unit: anyUnit(random, node), forMs: seconds(random, 30, 1_800) }),
  },
  'fail-to-start': {
    weight: 2,
    make: (random, node) => ({ what: 'fail-to-start', unit: anyUnit(random, node), forMs: seconds(random, 10, 1_200) }),
  },
  'hang-at-start': {
    weight: 1,
    make: (random, node) => ({ what: 'hang-at-start', unit: anyUnit(random, node), forMs: seconds(random, 60, 900) }),
  },
  'become-unkillable': {
    weight: 1,
    make: (random, node) => ({
      what: 'become-unkillable',
      unit: anyUnit(random, node),
      forMs: seconds(random, 20, 600),
    }),
  },
  hide: {
    weight: 2,
    make: (random, node) => ({ what: 'hide', unit: anyUnit(random, node), forMs: seconds(random, 20, 600) }),
  },
  'crash-again': {
    weight: 2,
    make: (random, node) => ({
      what: 'crash-again',
      unit: anyUnit(random, node),
      everyMs: seconds(random, 1, 60),
      forMs: seconds(random, 30, 1_200),
    }),
  },
  'start-slowly': {
    weight: 1,
    make: (random, node) => ({
      what: 'start-slowly',
      unit: anyUnit(random, node),
      takesMs: seconds(random, 5, 80),
      forMs: seconds(random, 60, 1_800),
    }),
  },
  'initialize-long': {
    weight: 2,
    make: (random, node) => ({
      what: 'initialize-long',
      unit: anyUnit(random, node),
      takesMs: seconds(random, 20, 500),
      forMs: seconds(random, 60, 1_800),
    }),
  },
  'slow-down': {
    weight: 1,
    make: (random, node) => ({
      what: 'slow-down',
      unit: anyUnit(random, node),
      byMs: random.whole(200, 6_000),
      forMs: seconds(random, 10, 600),
    }),
  },
  systemctl: {
    weight: 4,
    make: (random, node) => ({
      what: 'systemctl',
      verb: random.pick(['start', 'stop', 'restart', 'start', 'stop', 'restart', 'reset-failed'] as const),
      unit: anyUnit(random, node),
    }),
  },
  pause: {
    weight: 1,
    make: (random, node) => ({
      what: 'pause',
      component: random.chance(0.3) ? null : anyComponent(random, node),
      forMs: seconds(random, 30, 1_200),
    }),
  },
  resume: {
    weight: 1,
    make: (random, node) => ({ what: 'resume', component: random.chance(0.3) ? null : anyComponent(random, node) }),
  },
  'ask-restart': {
    weight: 1,
    make: (random, node) => ({ what: 'ask-restart', component: anyComponent(random, node) }),
  },
  'reload-badly': { weight: 1, make: () => ({ what: 'reload-badly' }) },
  upgrade: {
    weight: 1,
    make: (random, node) => ({ what: 'upgrade', forMs: seconds(random, 20, 400), restarts: [anyUnit(random, node)] }),
  },
  strain: {
    weight: 2,
    make: (random) => ({
      what: 'strain',
      pressure: random.between(0.3, 1),
      slowLooksMs: random.whole(500, 4_000),
      forMs: seconds(random, 30, 900),
    }),
  },
  reboot: { weight: 1, make: () => ({ what: 'reboot' }) },
  'cancel-shutdown': { weight: 1, make: () => ({ what: 'cancel-shutdown' }) },
  'lose-power': { weight: 1, make: () => ({ what: 'lose-power' }) },
  suspend: { weight: 1, make: (random) => ({ what: 'suspend', forMs: seconds(random, 1, 20_000) }) },
  'step-clock': {
    weight: 1,
    make: (random) => ({ what: 'step-clock', byMs: seconds(random, -400_000_000, 400_000_000) }),
  },
  'fill-disk': { weight: 1, make: (random) => ({ what: 'fill-disk', forMs: seconds(random, 10, 1_200) }) },
  'refuse-reboot': { weight: 1, make: (random) => ({ what: 'refuse-reboot', forMs: seconds(random, 60, 3_600) }) },
  'slow-disk': {
    weight: 1,
    make: (random) => ({ what: 'slow-disk', syncMs: random.whole(20, 6_000), forMs: seconds(random, 10, 900) }),
  },
  'spoil-state': {
    weight: 1,
    make: (random) => ({ what: 'spoil-state', how: random.pick(['damaged', 'missing'] as const) }),
  },
  'kill-agent': { weight: 3, make: () => ({ what: 'kill-agent' }) },
  'halt-agent': { weight: 2, make: (random) => ({ what: 'halt-agent', forMs: seconds(random, 1, 40) }) },
  'lag-agent': {
    weight: 1,
    make: (random) => ({ what: 'lag-agent', byMs: random.whole(20, 4_000), forMs: seconds(random, 5, 120) }),
  },
  'lose-bus': { weight: 2, make: (random) => ({ what: 'lose-bus', forMs: random.whole(50, 300_000) }) },
  'hang-bus': { weight: 1, make: (random) => ({ what: 'hang-bus', forMs: seconds(random, 5, 300) }) },
  'deny-bus': { weight: 1, make: (random) => ({ what: 'deny-bus', forMs: seconds(random, 10, 600) }) },
  'lose-signals': {
    weight: 2,
    make: (random) => ({ what: 'lose-signals', share: random.between(0.1, 1), forMs: seconds(random, 10, 900) }),
  },
  'slow-bus': {
    weight: 1,
    make: (random) => ({ what: 'slow-bus', lagMs: random.whole(5, 3_000), forMs: seconds(random, 10, 300) }),
  },
};

/** What is rarely in a story by itself, but decides much when it is there: masks, freezes, disabling. */
function handsOff(random: Random, node: Node, atMs: number): Scheduled[] {
  const unit = anyUnit(random, node);
  const [verb, undo] = random.pick([
    ['mask', 'unmask'],
    ['freeze', 'thaw'],
    ['disable', 'enable'],
  ] as const);
  const untilMs = atMs + seconds(random, 20, 900);
  const undone: Scheduled = { atMs: untilMs, happening: { what: 'systemctl', verb: undo, unit } };
  return [{ atMs, happening: { what: 'systemctl', verb, unit } }, undone];
}

function pickWeighted(random: Random, words: readonly What[]): What {
  const total = words.reduce((sum, word) => sum + kinds[word].weight, 0);
  let left = random.between(0, total);
  for (const word of words) {
    left -= kinds[word].weight;
    if (left < 0) return word;
  }
  return random.pick(words);
}

/** What comes together within a minute or two tries more than the same spread over hours. */
function cluster(random: Random, node: Node, words: readonly What[], atMs: number): Scheduled[] {
  const count = random.whole(1, 4);
  // Most of what comes together befalls the same unit.
  const focus = random.pick(node.units);
  const here = { ...node, units: [focus, focus, ...node.units] };
  const list: Scheduled[] = [];
  for (let index = 0; index < count; index += 1) {
    const withinMs = random.pick([2_000, 2_000, 20_000, 120_000]);
    const laterMs = index === 0 ? 0 : random.between(0, withinMs);
    list.push({ atMs: atMs + laterMs, happening: kinds[pickWeighted(random, words)].make(random, here) });
  }
  if (random.chance(0.1)) list.push(...handsOff(random, node, atMs + random.between(0, 30_000)));
  return list;
}

export function tellStory(seed: number, hours: number): Story {
  const random = createRandom(seed).fork('story');
  const node = random.pick(nodes);
  const endMs = hours * hourMs;
  const healMs = endMs - recoveryMs;
  const all = Object.keys(kinds) as What[];
  const words = all.filter(() => random.chance(0.4));
  const perHour = random.between(0.4, 1.6);
  const clusters = Math.max(1, Math.round(((healMs - firstMs) / hourMs) * perHour));
  const happenings: Scheduled[] = [];
  for (let index = 0; index < clusters; index += 1) {
    const atMs = random.between(firstMs, healMs - 3 * minuteMs);
    happenings.push(...cluster(random, node, words.length > 0 ? words : all, atMs));
  }
  happenings.sort((a, b) => a.atMs - b.atMs);
  const deathShare = random.chance(0.3) ? random.between(0.005, 0.05) : 0;
  return { seed, node, happenings: happenings.filter(({ atMs }) => atMs < healMs), deathShare, healMs, endMs };
}
