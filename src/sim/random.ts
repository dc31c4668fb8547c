/** Chance in the virtual world: seeded, so that the same seed gives the same world. */
import { nextRandom } from '../core/random.ts';

export interface Random {
  /** From 0 to 1, 1 not included. */
  next(): number;
  between(least: number, most: number): number;
  whole(least: number, most: number): number;
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** A stream of its own, so that what one part of the world draws does not move another part's luck. */
  fork(name: string): Random;
}

/** FNV-1a, to turn a name into a number. */
function hash(text: string, start: number): number {
  let value = start ^ 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value | 0;
}

export function createRandom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    const drawn = nextRandom(state);
    state = drawn.seed;
    return drawn.value;
  };
  const whole = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between: (least, most) => least + next() * (most - least),
    whole,
    chance: (share) => next() < share,
    pick: <T>(list: readonly T[]): T => {
      const picked = list[whole(0, list.length - 1)];
      if (picked === undefined) throw new Error('there is nothing to pick from');
      return picked;
    },
    fork: (name) => createRandom(hash(name, seed)),
  };
}
