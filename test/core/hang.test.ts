import t from 'tap';
import { createWorld, policy } from './world.ts';

t.test('S5: a frozen unit is killed and back within 45 s', async (t) => {
  const world = createWorld([policy('containerd')]);
  world.advance(60_000);
  world.unit('containerd').freeze();
  const frozenAt = world.nowMs();
  while (world.remedial().length === 0 && world.nowMs() - frozenAt < 60_000) world.advance(100);
  t.match(world.remedial(), [{ type: 'unit.kill', reason: 'restart.hung' }]);
  while (world.phase('containerd') !== 'healthy' && world.nowMs() - frozenAt < 60_000) world.advance(100);
  t.ok(world.nowMs() - frozenAt <= 45_000, `${world.nowMs() - frozenAt} ms`);
});
