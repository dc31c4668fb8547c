/** No command breaks a rule, in whatever world it is given and whatever befalls it. */
import t from 'tap';
import { playAny } from './any.ts';

const worlds = process.env['NODEMEND_LONG'] === '1' ? 200_000 : 3_000;

t.test('whatever is there, and whatever befalls it', async (t) => {
  const found: string[] = [];
  for (let seed = 1; seed <= worlds && found.length < 10; seed += 1) found.push(...(await playAny(seed)));
  t.same(found, [], `${worlds} worlds`);
});
