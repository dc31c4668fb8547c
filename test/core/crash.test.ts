import t from 'tap';
import { createWorld, policy, settings, silent } from './world.ts';

t.test('the first crash that systemd would leave down for 5 s is started at once', async (t) => {
  const world = createWorld([policy('containerd')]);
  world.advance(60_000);
  t.equal(world.phase('containerd'), 'healthy');
  world.forget();
  world.crash('containerd');
  world.advance(10);
  t.match(world.remedial(), [
    { type: 'unit.restart', unit: 'containerd.service', reason: 'restart.first-crash', resetFailed: true },
  ]);
  world.advance(1_000);
  t.equal(world.phase('containerd'), 'healthy');
  t.ok(world.transitions().some((one) => one.type === 'incident.closed' && one.recovered));
});

t.test('the second crash in the window is left to systemd', async (t) => {
  const world = createWorld([policy('containerd')]);
  world.advance(60_000);
  world.crash('containerd');
  world.advance(60_000);
  world.forget();
  world.crash('containerd');
  world.advance(4_900);
  t.same(world.remedial(), []);
  world.run('containerd', { nRestarts: 1 });
  world.advance(1_000);
  t.equal(world.phase('containerd'), 'healthy');
  t.match(
    world.transitions().filter((one) => one.type === 'component.restarted'),
    [{ by: 'systemd' }],
  );
});

t.test('a frozen unit is killed and started within 45 s', async (t) => {
  const world = createWorld([policy('containerd')]);
  world.advance(60_000);
  world.forget();
  world.answer('containerd/vote', silent);
  world.answer('containerd/witness', silent);
  const frozenAt = world.nowMs();
  while (world.remedial().length === 0 && world.nowMs() - frozenAt < 60_000) world.advance(100);
  t.match(world.remedial(), [{ type: 'unit.kill', reason: 'restart.hung' }]);
  world.answer('containerd/vote', { verdict: 'healthy', reason: 'probe.ok' });
  while (world.phase('containerd') !== 'healthy' && world.nowMs() - frozenAt < 60_000) world.advance(100);
  t.ok(world.nowMs() - frozenAt <= 45_000, `${world.nowMs() - frozenAt} ms`);
});

t.test('a unit with Restart=no is started again, and after the budget is exhausted, loudly', async (t) => {
  const world = createWorld([policy('proxy')]);
  world.change('proxy', { settings: settings({ restart: 'no' }) });
  world.obey('proxy', 'fails');
  world.advance(60_000);
  world.forget();
  world.crash('proxy');
  world.advance(120_000);
  t.equal(world.remedial().length, 3);
  t.equal(world.phase('proxy'), 'exhausted');
  world.advance(400_000);
  t.equal(world.remedial().length, 4);
  world.obey('proxy', 'runs');
  world.advance(400_000);
  t.equal(world.phase('proxy'), 'healthy');
});
