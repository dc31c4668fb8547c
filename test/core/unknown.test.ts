import t from 'tap';
import type { Reason } from '../../src/core/reason.ts';
import { createWorld, denied, policy, silent, type World } from './world.ts';

function settled(): World {
  const world = createWorld([policy('containerd')]);
  world.advance(60_000);
  world.forget();
  return world;
}

const cannotLook: readonly Reason[] = [
  'probe.denied',
  'probe.no-address',
  'probe.no-command',
  'probe.tls',
  'probe.unsupported',
  'probe.late',
  'probe.stuck',
  'probe.failed',
];

for (const reason of cannotLook) {
  t.test(`S4: ten minutes of ${reason} is no reason to act`, async (t) => {
    const world = settled();
    for (const probe of ['vote', 'witness']) world.answer(`containerd/${probe}`, { verdict: 'unknown', reason });
    world.advance(600_000);
    t.same(world.remedial(), []);
    t.match(world.component('containerd'), { phase: 'unknown', reason });
  });
}

t.test('S4: with the bus lost for ten minutes nothing is concluded, not even from bad probes', async (t) => {
  const world = settled();
  world.loseBus();
  world.unit('containerd').freeze();
  world.advance(600_000);
  t.same(world.remedial(), []);
  t.equal(world.phase('containerd'), 'unknown');
  world.findBus();
  world.advance(30_000);
  t.match(world.remedial(), [{ type: 'unit.kill' }]);
});

t.test('S4: unknown looks do not make up for bad ones that are missing', async (t) => {
  const world = settled();
  world.answer('containerd/witness', silent);
  world.answer('containerd/vote', [silent, denied, denied]);
  world.advance(600_000);
  t.same(world.remedial(), [], 'two bad looks of five');
  world.answer('containerd/vote', [silent, denied]);
  world.advance(60_000);
  t.match(world.remedial(), [{ type: 'unit.kill' }], 'three bad looks of five');
});

t.test('S4: a hang that cannot be seen any more is not acted on', async (t) => {
  const world = settled();
  world.host({ packageManager: 'dpkg' });
  world.advance(6_000);
  for (const probe of ['vote', 'witness']) world.answer(`containerd/${probe}`, silent);
  world.advance(40_000);
  t.match(world.told('action.deferred'), [{ reason: 'node.upgrading' }]);
  world.answer('containerd/vote', denied);
  world.advance(8_000);
  world.host({ packageManager: null });
  world.advance(600_000);
  t.same(world.remedial(), []);
});

t.test('S4: a witness that cannot look does not agree', async (t) => {
  const world = settled();
  world.answer('containerd/vote', silent);
  world.answer('containerd/witness', denied);
  world.advance(600_000);
  t.same(world.remedial(), []);
  t.equal(world.phase('containerd'), 'suspect');
});
