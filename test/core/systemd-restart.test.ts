import t from 'tap';
import { createWorld, policy } from './world.ts';

t.test('S11: the first crash that systemd would leave down for 5 s is started at once', async (t) => {
  const world = createWorld([policy('containerd')]);
  world.advance(60_000);
  t.equal(world.phase('containerd'), 'healthy');
  world.unit('containerd').crash();
  world.advance(10);
  t.match(world.remedial(), [
    { type: 'unit.restart', unit: 'containerd.service', reason: 'restart.first-crash', resetFailed: true },
  ]);
  world.advance(1_000);
  t.equal(world.phase('containerd'), 'healthy');
  t.match(world.told('incident.closed'), [{ cause: 'unit.crashed', recovered: true }]);
});

t.test('S11: the second crash in the window is left to systemd and counted', async (t) => {
  const world = createWorld([policy('containerd')]);
  world.advance(60_000);
  world.unit('containerd').crash();
  world.advance(60_000);
  world.forget();
  world.unit('containerd').crash();
  world.advance(4_900);
  t.match(world.told('action.deferred'), [{ reason: 'systemd.restarting' }]);
  t.equal(world.phase('containerd'), 'unhealthy');
  world.advance(1_000);
  t.same(world.remedial(), []);
  t.equal(world.phase('containerd'), 'healthy');
  t.match(world.told('component.restarted'), [{ by: 'systemd', reason: 'unit.crashed' }]);
  t.same(world.component('containerd').restarts, { nodemend: 1, systemd: 1, other: 0 });
});

t.test('S11: what systemd brings back within a second is left to it', async (t) => {
  const world = createWorld([policy('containerd')], { units: { containerd: { restartMs: 100 } } });
  world.advance(60_000);
  world.unit('containerd').crash();
  world.advance(5_000);
  t.same(world.remedial(), []);
  t.equal(world.phase('containerd'), 'healthy');
});

t.test('S11: a kill that is prepared for a hung unit is not for one that ended meanwhile', async (t) => {
  const world = createWorld([policy('containerd')]);
  world.advance(60_000);
  world.evidenceNeverComes();
  world.unit('containerd').freeze();
  for (let waited = 0; world.component('containerd').deed === null && waited < 600; waited += 1) world.advance(100);
  t.match(world.component('containerd').deed, { remedy: 'kill', stage: 'preparing' });
  world.unit('containerd').crash('watchdog');
  world.advance(10_000);
  t.match(world.remedial(), [{ type: 'unit.restart', reason: 'restart.first-crash' }], 'what its end asks for');
  t.equal(world.phase('containerd'), 'healthy');
});

t.test('S11: with a wider budget every crash is started at once but for two that are kept in reserve', async (t) => {
  const world = createWorld([policy('kubelet', { budget: { actions: 5, perMs: 900_000 } })], {
    units: { kubelet: { restartMs: 10_000, startLimitBurst: 0 } },
  });
  world.advance(60_000);
  for (let crash = 0; crash < 5; crash += 1) {
    world.unit('kubelet').crash();
    world.advance(60_000);
  }
  t.equal(world.remedial().length, 3);
  t.same(world.component('kubelet').restarts, { nodemend: 3, systemd: 2, other: 0 });
});

t.test(
  'S8: what ends at every start is hastened once; after that the back-off holds, however large the budget',
  async (t) => {
    const world = createWorld([policy('containerd', { budget: { actions: 1_000, perMs: 3_600_000 } })]);
    world.advance(60_000);
    const containerd = world.unit('containerd');
    containerd.program.starts = 'badly';
    containerd.program.startMs = 300;
    containerd.crash();
    world.advance(10_000);
    t.ok(world.remedial().length <= 4, `${world.remedial().length} restarts in 10 s`);
  },
);

t.test('S11: a ladder without `restart` leaves every crash to systemd', async (t) => {
  const world = createWorld([policy('containerd', { ladder: [{ remedy: 'kill' }] })]);
  world.advance(60_000);
  world.unit('containerd').crash();
  world.advance(10_000);
  t.same(world.remedial(), []);
  t.equal(world.phase('containerd'), 'healthy');
});

t.test(
  'S11: after a boot what systemd restarted before we could look is counted, so the next crash is left to it',
  async (t) => {
    const containerd = policy('containerd', { budget: { actions: 4, perMs: 3_600_000 } });
    const world = createWorld([containerd], { units: { containerd: { restartMs: 5_000 } } });
    world.advance(60_000);
    world.killAgent();
    for (let crash = 0; crash < 2; crash += 1) {
      world.unit('containerd').crash();
      world.advance(20_000);
    }
    world.forget();
    world.startAgent({ bootId: 'boot-two' });
    t.same(
      world.told('component.restarted').map(({ by, reason }) => `${by}: ${reason}`),
      ['systemd: unit.crashed', 'systemd: unit.crashed'],
    );
    world.advance(60_000);
    world.unit('containerd').crash();
    world.advance(20_000);
    t.same(world.remedial(), [], 'it is the third crash in the window, and two of four actions are kept in reserve');
    t.equal(world.component('containerd').spent.length, 3);
  },
);

t.test('S11: of a boot older than the window nobody knows when systemd restarted what', async (t) => {
  const containerd = policy('containerd', { budget: { actions: 3, perMs: 900_000 } });
  const world = createWorld([containerd], { units: { containerd: { restartMs: 5_000 } } });
  world.killAgent();
  world.unit('containerd').crash();
  world.advance(20_000);
  world.startAgent({ bootId: 'boot-two' });
  t.same(world.component('containerd').spent, []);
});

t.test("S11: a restart of systemd's that is not coming any more is not waited for", async (t) => {
  const world = createWorld([policy('containerd')]);
  world.advance(60_000);
  world.unit('containerd').crash();
  world.advance(60_000);
  world.forget();
  const queued = { activeState: 'activating', subState: 'auto-restart-queued', mainPid: 0 } as const;
  world.unit('containerd').set({ ...queued, job: 7 });
  world.advance(60_000);
  t.same(world.remedial(), [], 'it has a job, so it is on its way');
  world.unit('containerd').set({ ...queued, job: 0 });
  world.advance(4_900);
  t.same(world.remedial(), [], 'the unit may have been read in between');
  world.advance(200);
  t.match(world.remedial(), [{ type: 'unit.restart', resetFailed: true }]);
  t.equal(world.phase('containerd'), 'healthy');
});
