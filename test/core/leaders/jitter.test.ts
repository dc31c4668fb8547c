/** A day of an ordinary election, with all that is ordinary about it: late renewals, late answers, answers that do not come, hand-overs. */
import t from 'tap';
import { localTarget, stateOf } from '../../../src/core/leaders/instance.ts';
import { nextRandom } from '../../../src/core/random.ts';
import { createWorld, HERE, keepRenewing, record } from './world.ts';

const hours = 24;
const seeds = process.env['NODEMEND_LONG'] === '1' ? 50 : 2;

for (let seed = 1; seed <= seeds; seed += 1) {
  t.test(
    `a healthy standby is a standby and its election ok, for ${hours} hours of jitter (seed ${seed})`,
    async (t) => {
      const world = createWorld();
      let state = seed;
      const draw = (): number => {
        const { value, seed: next } = nextRandom(state);
        state = next;
        return value;
      };
      // Most answers come at once, some late, one in two hundred not in time.
      world.delayMs = () => (draw() < 0.005 ? 10_000 : draw() < 0.1 ? 1_400 * draw() : 50 * draw());
      world.record = record('b_1');
      world.instances[HERE] = { health: 'healthy', leads: false };
      // client-go: every 2 s, and where that fails again until 10 s have passed.
      keepRenewing(world, () => (draw() < 0.02 ? 2_000 + 8_000 * draw() : 2_000 + 300 * draw()));
      world.for(30_000);
      const called = new Map<string, number>();
      world.watch = (leader) => {
        const target = localTarget(leader);
        const words = `${leader.verdict} ${target === null ? '' : stateOf(leader, target, world.nowMs())}`;
        called.set(words, (called.get(words) ?? 0) + 1);
      };
      world.until(hours * 3_600_000);
      t.same([...called.keys()], ['ok standby']);
      t.ok((called.get('ok standby') ?? 0) > 50_000, `${called.get('ok standby')} steps`);
    },
  );
}
