import t from 'tap';
import { numberOf, openIn, startWriter } from './stage.ts';

const rounds = process.env['NODEMEND_LONG'] === '1' ? 100 : 5;

t.test('nothing that was confirmed is lost when the agent is killed in the middle of saving', async (t) => {
  const directory = t.testdir();
  let confirmed = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const writer = startWriter(t, directory);
    writer.child.stdin.write('race\n');
    // A different number of saves each time; the kill falls somewhere into the next ones.
    for (let line = 0; line < 10 * round; line += 1) confirmed = Number((await writer.lines().next()).value);
    writer.child.kill('SIGKILL');
    for (let line = await writer.lines().next(); line.done !== true; line = await writer.lines().next())
      confirmed = Number(line.value);
    await writer.end();
    const { store } = openIn(t, directory);
    const { state, health } = store.load();
    const found = numberOf(state) ?? 0;
    t.ok(found >= confirmed, `round ${round}: ${found} was found and ${confirmed} confirmed`);
    t.equal(health, 'ok');
    const incidents = store.incidents({ component: null, sinceWallMs: 0, id: `incident-${found}` });
    t.equal(incidents.length, 1, 'its transitions came with it');
    store.close();
  }
});
