/** From an operator's words to what is to be. What cannot be is said in one sentence: wrong words, or a wrong state of things. */
import { idsOf } from './adapters/etcd/ids.ts';
import type { JournalRecord } from './adapters/etcd/journal.ts';
import { type MemberView, nameOf } from './core/etcd/view.ts';
import type { Place, Scene } from './core/etcd/work/scene.ts';
import { findOwn } from './core/etcd/work/scene.ts';
import type { Wish } from './core/etcd/work/wish.ts';

export type Ask =
  | { readonly command: 'create' | 'add' | 'upgrade' | 'defrag' | 'disarm' }
  | { readonly command: 'remove'; readonly member: string }
  /** null: the one of this node. */
  | { readonly command: 'replace'; readonly member: string | null }
  | { readonly command: 'resize'; readonly voters: string };

export type Wished =
  | { readonly ok: true; readonly wish: Wish }
  | { readonly ok: false; readonly usage: boolean; readonly why: string };

const usage = (why: string): Wished => ({ ok: false, usage: true, why });
const no = (why: string): Wished => ({ ok: false, usage: false, why });
const yes = (wish: Wish): Wished => ({ ok: true, wish });

const counts: readonly number[] = [1, 3, 5, 7];

/** Two of them stand no loss, four no more than three. */
export function oddCount(count: number): string | null {
  return counts.includes(count)
    ? null
    : `${count} members are no good number: an even one stands no more losses than one fewer would; take 1, 3, 5 or 7`;
}

function findMember({ view }: Scene, text: string): MemberView | string {
  const named = view.members.filter(
    (member) => member.name === text || BigInt(member.id).toString(16) === text.toLowerCase(),
  );
  const [member] = named;
  if (named.length > 1) return `${named.length} members are called ${text}: give the id, from nodemend etcd members`;
  const all = view.members.map(nameOf).join(', ') || 'none that is seen';
  return member ?? `there is no member ${text}; there are ${all}`;
}

function wishToCreate({ here, hereTrouble }: Scene, places: readonly Place[]): Wished {
  if (here === null) return no(hereTrouble);
  if (places.length === 0)
    return usage('list the members below etcd.members in the configuration, each with its peer URL');
  const even = oddCount(places.length);
  if (even !== null) return usage(even);
  return yes({ command: 'create', places, expected: idsOf(places, here.initialToken, here.name) });
}

function wishToReplace(scene: Scene, member: string | null): Wished {
  const own = findOwn(scene);
  if (member === null) {
    if (scene.here === null) return no(scene.hereTrouble);
    return own === null
      ? no(`${scene.here.name} is not on the list of members: nodemend etcd add puts it there`)
      : yes({ command: 'replace', replacing: own.id });
  }
  const found = findMember(scene, member);
  return typeof found === 'string' ? usage(found) : yes({ command: 'replace', replacing: found.id });
}

export function wishOf(ask: Ask, scene: Scene, places: readonly Place[]): Wished {
  switch (ask.command) {
    case 'create':
      return wishToCreate(scene, places);
    case 'add':
      return yes({ command: 'add', replacing: null });
    case 'upgrade':
    case 'defrag':
    case 'disarm':
      return yes({ command: ask.command });
    case 'replace':
      return wishToReplace(scene, ask.member);
    case 'remove': {
      const found = findMember(scene, ask.member);
      return typeof found === 'string' ? usage(found) : yes({ command: 'remove', memberId: found.id });
    }
    case 'resize': {
      const voters = Number(ask.voters);
      const even = oddCount(voters);
      return even === null ? yes({ command: 'resize', voters, places }) : usage(even);
    }
  }
}

/** What makes no sense any more does where the same work did not come to its end: the list may have lost the member that was meant. */
export function orResumed(wished: Wished, journal: JournalRecord | null, words: string): Wished {
  if (wished.ok || journal === null || journal.ended?.ok === true || journal.words !== words) return wished;
  return yes(journal.wish);
}
