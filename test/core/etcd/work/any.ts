/** Worlds of every kind from a seed, a command on one of their nodes, and what befalls them meanwhile: kill -9 of nodemend, members that die. */

import type { Wish } from '../../../../src/core/etcd/work/wish.ts';
import { nextRandom } from '../../../../src/core/random.ts';
import { expectedOf, give, kill, placesOf, snapshot, token } from './stories.ts';
import { createWorld, urlOf, type World } from './world.ts';

const names = ['m1', 'm2', 'm3', 'm4', 'm5'] as const;

function createChance(seed: number) {
  let state = seed;
  const random = (): number => {
    const { value, seed: next } = nextRandom(state);
    state = next;
    return value;
  };
  return {
    is: (share: number): boolean => random() < share,
    of: <One>(all: readonly One[]): One => all[Math.floor(random() * all.length)] as One,
  };
}

type Chance = ReturnType<typeof createChance>;

function befall(world: World, chance: Chance): void {
  for (const name of names) {
    const own = world.node(name);
    if (chance.is(0.2)) own.changedSince = '/etc/default/etcd';
    if (chance.is(0.2)) own.dbBytesInUse = 20_000_000;
    if (chance.is(0.05)) own.installed = chance.of(['3.5.31', '3.6.1', '3.7.0', '3.5.9']);
    if (chance.is(0.03)) own.version = '3.6.1';
    if (chance.is(0.06)) own.cutOff = true;
    if (chance.is(0.15)) world.strike(name, { disk: chance.is(0.4) });
    if (chance.is(0.1)) own.process = 'stopped';
  }
  const one = world.cluster();
  if (one === null) return;
  one.noSpace = chance.is(0.1);
  one.corrupt = chance.is(0.05);
  if (one.noSpace) for (const name of names) world.node(name).dbBytes = 2_200_000_000;
  if (chance.is(0.6)) world.hasSnapshot();
  const peerUrl = urlOf('m5');
  const isMember = one.members.some((member) => member.peerUrl === peerUrl);
  if (!isMember && chance.is(0.15)) one.members.push({ id: '900', peerUrl, name: '', learner: chance.is(0.8) });
}

function anyWish(world: World, chance: Chance, node: string): Wish {
  const ids = world.cluster()?.members.map(({ id }) => id) ?? [];
  const memberId = ids.length === 0 ? '0' : chance.of(ids);
  const places = placesOf(names.slice(0, chance.of([1, 3, 5])));
  const listed = places.map(({ name }) => name);
  return chance.of<() => Wish>([
    () => ({ command: 'add', replacing: null }),
    () => ({ command: 'replace', replacing: memberId }),
    () => ({ command: 'remove', memberId }),
    () => ({ command: 'resize', voters: chance.of([1, 3, 5]), places: chance.is(0.5) ? places : [] }),
    () => ({ command: 'upgrade' }),
    () => ({ command: 'defrag' }),
    () => ({ command: 'disarm' }),
    () => ({ command: 'create', places, expected: expectedOf(world, listed, 'etcd-cluster', node) }),
    () => ({ command: 'restore', snapshot, places, token, expected: expectedOf(world, listed, token, node) }),
  ])();
}

/** What went against a rule in the world of this seed. */
export async function playAny(seed: number): Promise<readonly string[]> {
  const chance = createChance(seed);
  const world = createWorld(names, names.slice(0, chance.of([1, 3, 3, 5])));
  befall(world, chance);
  const node = chance.of(names);
  const wish = anyWish(world, chance, node);
  let struck = false;
  for (let run = 0; run < 3; run += 1) {
    const { outcome } = await give(world, node, wish, (point) => {
      if (chance.is(0.06)) kill();
      // After a step: what happens between a look and its step etcd itself has to refuse.
      if (point % 2 !== 0 || !chance.is(0.06)) return;
      world.strike(chance.of(names), { disk: chance.is(0.3) });
      struck = true;
    });
    if (outcome !== null) break;
  }
  const said = `seed ${seed}, ${wish.command} on ${node}`;
  return [...world.broken(), ...(struck ? [] : world.rejected())].map((what) => `${said}: ${what}`);
}
