/** The checker of histories finds what is forged, and nothing in what is sound. */
import fc from 'fast-check';
import t from 'tap';
import { faultsIn, type Write } from './history.ts';

/** Writer, token, begin, end, place in the store's order. */
const write = (
  writer: string,
  token: number,
  beganAtMs: number,
  endedAtMs: number | null,
  order: number | null,
): Write => ({ election: 'boss', writer, token, beganAtMs, endedAtMs, order });

t.test('sound histories', async (t) => {
  const sound: readonly (readonly [string, readonly Write[]])[] = [
    ['leadership goes on', [write('a', 4, 1, 2, 1), write('b', 9, 3, 4, 2), write('a', 12, 5, 6, 3)]],
    ['an old leader is refused', [write('a', 4, 1, 2, 1), write('b', 9, 3, 4, 2), write('a', 4, 5, 6, null)]],
    ['two at the same time, the old one first', [write('a', 4, 1, 5, 1), write('b', 9, 2, 4, 2)]],
    ['the old one is refused at that time', [write('a', 4, 1, 5, null), write('b', 9, 2, 4, 1)]],
    ['one died before the answer, which came to pass late', [write('a', 4, 1, null, 1), write('b', 9, 90, 95, 2)]],
    ['refused because of one whose writer died', [write('b', 9, 2, null, 1), write('a', 4, 3, 4, null)]],
    [
      'each election has a store of its own',
      [write('a', 9, 1, 2, 1), { ...write('b', 4, 3, 4, 1), election: 'other' }],
    ],
  ];
  for (const [what, history] of sound) t.same(faultsIn(history), [], what);
});

t.test('forged histories', async (t) => {
  const forged: readonly (readonly [string, readonly Write[], RegExp])[] = [
    [
      'an old leader acts on',
      [write('a', 4, 1, 2, 1), write('b', 9, 3, 4, 2), write('a', 4, 5, 6, 3)],
      /^boss: the write of a with token 4, begun at 5.0 ms, was accepted after one with a higher token had ended$/,
    ],
    [
      'and died before the answer',
      [write('b', 9, 3, 4, 1), write('a', 4, 5, null, 2)],
      /of a with token 4.* had ended$/,
    ],
    ['two leaders have one token', [write('a', 4, 1, 2, 1), write('b', 4, 3, 4, 2)], /token 4 is had by a and b/],
    [
      'also when only one was let act',
      [write('a', 4, 1, 2, 1), write('c', 5, 2, 3, 2), write('b', 4, 4, 5, null)],
      /token 4 is had by a and b/,
    ],
    [
      'a token goes down within the time of both',
      [write('b', 9, 1, 5, 1), write('a', 4, 2, 6, 2)],
      /a with token 4.* next after one with a higher token/,
    ],
    [
      'a write is placed before one that had ended',
      [write('a', 4, 1, 2, 2), write('a', 4, 3, 4, 1)],
      /begun at 3.0 ms, is placed before one that had ended/,
    ],
    ['a refusal without a reason', [write('a', 4, 1, 2, null)], /refused although there had been no higher token/],
    [
      'a reason that came later',
      [write('a', 4, 1, 2, null), write('b', 9, 3, 4, 1)],
      /a with token 4.* refused although/,
    ],
  ];
  for (const [what, history, fault] of forged) t.match(faultsIn(history)[0] ?? '', fault, what);
});

/** Terms one after the other, in each some writes; the times of a writer's last and the next one's first may overlap. */
const histories = fc
  .array(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 6 })
  .map((terms) => {
    let atMs = 0;
    let order = 0;
    return terms.flatMap((lengths, term) =>
      lengths.map((lengthMs) => {
        atMs += lengthMs;
        order += 1;
        return write(`w${term % 3}`, 10 * (term + 1), atMs - lengthMs, atMs + 1, order);
      }),
    );
  });

t.test('whatever sound history is forged by one more act of an earlier leader, it is found out', async (t) => {
  fc.assert(
    fc.property(histories, fc.nat(), (history, draw) => {
      const last = history.at(-1);
      const earlier = history.filter(({ token }) => token < (last?.token ?? 0));
      const old = earlier[draw % earlier.length];
      if (last === undefined || old === undefined) return false;
      const afterMs = (last.endedAtMs ?? 0) + 1;
      const act = { ...old, beganAtMs: afterMs, endedAtMs: afterMs + 1 };
      const forged = [...history, { ...act, order: (last.order ?? 0) + 1 }];
      const refused = [...history, { ...act, order: null }];
      return faultsIn(history).length === 0 && faultsIn(forged).length > 0 && faultsIn(refused).length === 0;
    }),
  );
  t.pass();
});
