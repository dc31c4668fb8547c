import t from 'tap';
import { type Act, faultsIn } from './history.ts';

const act = (atMs: number, actor: string, token: number): Act => ({ atMs, actor, token });

t.test('a history in which leadership goes from one to the next is sound', async (t) => {
  t.same(faultsIn([act(1, 'a', 4), act(2, 'a', 4), act(3, 'b', 9), act(4, 'a', 12)]), []);
});

t.test('a forged history is found out', async (t) => {
  const forged: readonly (readonly [string, readonly Act[], RegExp])[] = [
    ['an old leader acts on', [act(1, 'a', 4), act(2, 'b', 9), act(3, 'a', 4)], /a acts at 3 ms with token 4 after b/],
    ['two have the same token', [act(1, 'a', 4), act(2, 'b', 4)], /token 4, which is a's/],
    ['a token goes back', [act(1, 'a', 4), act(2, 'b', 3)], /with token 3 after a/],
    ['time goes back', [act(2, 'a', 4), act(1, 'a', 4)], /goes back in time/],
  ];
  for (const [what, history, fault] of forged) t.match(faultsIn(history)[0] ?? '', fault, what);
});
