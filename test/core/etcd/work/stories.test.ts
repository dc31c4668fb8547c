/** Every command in the virtual world: to the end, killed before and after each step, and with another member that dies at each step. */
import t from 'tap';
import { give, kill, play, type Story, stories } from './stories.ts';

async function playToTheEnd(story: Story) {
  const { world, runs } = await play(story);
  return { world, runs, points: runs.reduce((sum, { points }) => sum + points, 0) };
}

for (const story of stories) {
  t.test(`${story.name}: without a fault`, async (t) => {
    const { world, runs, points } = await playToTheEnd(story);
    t.same(
      runs.filter(({ outcome }) => outcome?.ok !== true),
      [],
      'every command ends well',
    );
    t.equal(story.missing(world), null);
    t.same(world.broken(), []);
    t.ok(points > 0, `${points / 2} steps`);
  });

  t.test(`${story.name}: killed before and after each step`, async (t) => {
    const { points } = await playToTheEnd(story);
    for (let at = 1; at <= points; at += 1) {
      const world = story.begin();
      let before = 0;
      for (const node of story.on) {
        const wish = story.wish(world, node);
        const begun = before;
        const first = await give(world, node, wish, (point) => {
          if (begun + point === at) kill();
        });
        before += first.points;
        if (first.outcome !== null) continue;
        const again = await give(world, node, wish, () => undefined);
        t.match(again.outcome, { ok: true }, `killed at ${at}: the same command goes on`);
        before = Number.POSITIVE_INFINITY;
      }
      t.equal(story.missing(world), null, `killed at ${at}`);
      t.same(world.broken(), [], `killed at ${at}`);
    }
  });

  t.test(`${story.name}: another member dies at each step`, async (t) => {
    const { points } = await playToTheEnd(story);
    // After a step: what happens between a look and its step etcd itself has to refuse.
    for (const victim of ['m1', 'm2', 'm3'])
      for (let at = 2; at <= points; at += 2) {
        const { world, runs } = await play(story, (point, there) => {
          if (point === at) there.strike(victim);
        });
        t.same(world.broken(), [], `${victim} dies at ${at}: no rule is broken`);
        t.equal(runs.length, story.on.length, 'and every command ends');
      }
  });
}
