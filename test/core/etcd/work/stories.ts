/** Stories of the virtual world: what is there, what an operator asks for on which nodes, and how it has to end. */
import type { Wish } from '../../../../src/core/etcd/work/wish.ts';
import { createWork, type Outcome } from '../../../../src/etcd-work.ts';
import { createWorld, urlOf, type World } from './world.ts';

export interface Story {
  readonly name: string;
  /** What is there before. */
  readonly begin: () => World;
  /** The nodes on which the command is given, one after another. */
  readonly on: readonly string[];
  readonly wish: (world: World, node: string) => Wish;
  /** What is not as it should be at the end; null when all is. */
  readonly missing: (world: World) => string | null;
}

const three = ['m1', 'm2', 'm3'] as const;
const five = [...three, 'm4', 'm5'] as const;
export const placesOf = (names: readonly string[]) => names.map((name) => ({ name, peerUrl: urlOf(name) }));
const idOf = (world: World, name: string): string =>
  world.cluster()?.members.find(({ peerUrl }) => peerUrl === urlOf(name))?.id ?? '0';

const votes =
  (...names: readonly string[]) =>
  (world: World): string | null => {
    const found = world.voters();
    return found.join() === names.join() ? null : `${found.join()} vote, and not ${names.join()}`;
  };

export function expectedOf(world: World, names: readonly string[], token: string, node: string) {
  const made = world.found(placesOf(names), token);
  const own = made.members.find(({ peerUrl }) => peerUrl === urlOf(node));
  return { clusterId: made.id, memberId: own?.id ?? '0' };
}

export const snapshot = { path: '/backups/etcd.db', sha256: 'ab', revision: 900 };
export const token = 'restored-ab';

function lostWhole(count: number): World {
  const world = createWorld(three, three);
  for (const name of three.slice(0, count)) world.strike(name, { disk: name === 'm1' });
  return world;
}

function fullCluster(): World {
  const world = createWorld(three, three);
  const one = world.cluster();
  if (one !== null) one.noSpace = true;
  for (const name of three) Object.assign(world.node(name), { dbBytes: 2_200_000_000, dbBytesInUse: 2_100_000_000 });
  return world;
}

function fragmented(): World {
  const world = createWorld(three, three);
  for (const name of ['m1', 'm3']) world.node(name).dbBytesInUse = 20_000_000;
  return world;
}

function outdated(): World {
  const world = createWorld(three, three);
  for (const name of three) world.node(name).installed = '3.5.31';
  return world;
}

export const stories: readonly Story[] = [
  {
    name: 'create three',
    begin: () => createWorld(three, []),
    on: three,
    wish: (world, node) => ({
      command: 'create',
      places: placesOf(three),
      expected: expectedOf(world, three, 'etcd-cluster', node),
    }),
    missing: votes(...three),
  },
  {
    name: 'add a fourth',
    begin: () => createWorld(five, three),
    on: ['m4'],
    wish: () => ({ command: 'add', replacing: null }),
    missing: votes('m1', 'm2', 'm3', 'm4'),
  },
  {
    name: 'replace a member whose disk is gone',
    begin: () => {
      const world = createWorld(three, three);
      world.strike('m1', { disk: true });
      return world;
    },
    on: ['m1'],
    wish: (world) => ({ command: 'replace', replacing: idOf(world, 'm1') }),
    missing: votes(...three),
  },
  {
    name: 'replace a member that only crashes',
    begin: () => {
      const world = createWorld(three, three);
      world.strike('m2');
      return world;
    },
    on: ['m2'],
    wish: (world) => ({ command: 'replace', replacing: idOf(world, 'm2') }),
    missing: votes(...three),
  },
  {
    name: 'another node takes the place of a dead one',
    begin: () => {
      const world = createWorld(five, three);
      world.strike('m3', { disk: true });
      world.node('m3').broken = true;
      return world;
    },
    on: ['m4'],
    wish: (world) => ({ command: 'replace', replacing: idOf(world, 'm3') }),
    missing: votes('m1', 'm2', 'm4'),
  },
  {
    name: 'remove the leader',
    begin: () => createWorld(three, three),
    on: ['m2'],
    wish: (world) => ({ command: 'remove', memberId: idOf(world, 'm1') }),
    missing: votes('m2', 'm3'),
  },
  {
    name: 'grow to five',
    begin: () => createWorld(five, three),
    on: ['m4', 'm5'],
    wish: () => ({ command: 'resize', voters: 5, places: placesOf(five) }),
    missing: votes(...five),
  },
  {
    name: 'shrink to three',
    begin: () => createWorld(five, five),
    on: ['m1'],
    wish: () => ({ command: 'resize', voters: 3, places: placesOf(five) }),
    missing: votes(...three),
  },
  {
    name: 'shrink to one',
    begin: () => createWorld(three, three),
    on: ['m3'],
    wish: () => ({ command: 'resize', voters: 1, places: [] }),
    missing: votes('m1'),
  },
  {
    name: 'upgrade all',
    begin: outdated,
    on: three,
    wish: () => ({ command: 'upgrade' }),
    missing: (world) =>
      votes(...three)(world) ??
      (three.every((name) => world.node(name).version === '3.5.31') ? null : 'an old one runs'),
  },
  {
    name: 'defragment',
    begin: fragmented,
    on: ['m2'],
    wish: () => ({ command: 'defrag' }),
    missing: (world) =>
      three.every((name) => world.node(name).dbBytes !== 209_715_200 || name === 'm2')
        ? null
        : 'one is not defragmented',
  },
  {
    name: 'write again after NOSPACE',
    begin: fullCluster,
    on: ['m1'],
    wish: () => ({ command: 'disarm' }),
    missing: (world) => (world.cluster()?.noSpace === false ? null : 'the alarm is still raised'),
  },
  ...[3, 2].map(
    (lost): Story => ({
      name: `restore after the loss of ${lost} of 3`,
      begin: () => lostWhole(lost),
      on: three,
      wish: (world, node) => ({
        command: 'restore',
        snapshot,
        places: placesOf(three),
        token,
        expected: expectedOf(world, three, token, node),
      }),
      missing: (world) =>
        votes(...three)(world) ??
        (three.every((name) => world.node(name).data?.revision === 900) ? null : 'one has other data'),
    }),
  ),
];

/** What happens in between: called before and after each effect, with a running number. */
export type Between = (at: number, world: World) => void;

/** The process is gone: nothing of it goes on. */
class Killed extends Error {}

export interface Run {
  readonly outcome: Outcome | null;
  /** How often something could have happened. */
  readonly points: number;
}

/** One command on one node. `between` may throw `kill()`. */
export async function give(world: World, node: string, wish: Wish, between: Between): Promise<Run> {
  let nowMs = 0;
  let points = 0;
  let killed = (): void => undefined;
  const death = new Promise<null>((resolve) => {
    killed = () => resolve(null);
  });
  const happen = async (): Promise<void> => {
    points += 1;
    try {
      between(points, world);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      killed();
      await new Promise(() => undefined);
    }
  };
  const work = createWork(wish, world.look(node), {
    look: async () => world.look(node),
    perform: async (step) => {
      await happen();
      world.perform(node, step);
      await happen();
    },
    note: async () => undefined,
    hold: async () => null,
    wait: async (ms) => {
      nowMs += ms;
    },
    nowMs: () => nowMs,
    tell: () => undefined,
  });
  return { outcome: await Promise.race([work(), death]), points };
}

export function kill(): never {
  throw new Killed('kill -9');
}

export const calm: Between = () => undefined;

/** The whole story without a fault; each command goes by the wish that it was first given with. */
export async function play(
  story: Story,
  between: Between = calm,
): Promise<{ world: World; runs: Run[]; wishes: Wish[] }> {
  const world = story.begin();
  const runs: Run[] = [];
  const wishes: Wish[] = [];
  let before = 0;
  for (const node of story.on) {
    const wish = story.wish(world, node);
    wishes.push(wish);
    const begun = before;
    const run = await give(world, node, wish, (at, there) => between(begun + at, there));
    before += run.points;
    runs.push(run);
  }
  return { world, runs, wishes };
}
