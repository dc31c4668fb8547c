import t from 'tap';
import { refuseReboot } from '../../src/core/mend/reboot.ts';
import type { Reason } from '../../src/core/reason.ts';
import { createWorld, policy, type World } from './world.ts';

const minute = 60_000;
const hour = 60 * minute;
const lastResort = [{ remedy: 'kill' }, { remedy: 'reboot' }] as const;
/** A look in half a minute is enough for days of virtual time. */
const vote = { target: { kind: 'unit' }, role: 'vote', everyMs: 30_000, timeoutMs: 3_000 } as const;

/** A proxy that hangs and that no kill helps. */
function hopeless(changes: Parameters<typeof policy>[1] = {}, reason: Reason = 'probe.timeout'): World {
  const world = createWorld([policy('proxy', { ladder: lastResort, probes: { vote }, ...changes })]);
  world.advance(minute);
  world.forget();
  world.answer('proxy/vote', { verdict: 'unhealthy', reason, tookMs: 'deadline' });
  return world;
}

const reboots = (world: World): number => world.remedial().filter(({ type }) => type === 'node.reboot').length;

t.test('S12: a reboot is tried only where the ladder has it, after what is gentler', async (t) => {
  const world = hopeless();
  world.advance(5 * minute);
  t.match(world.remedial(), [
    { type: 'unit.kill' },
    { type: 'node.reboot', reason: 'reboot.tried' },
    { type: 'unit.kill' },
  ]);
  const without = hopeless({ ladder: [{ remedy: 'kill' }] });
  without.advance(hour);
  t.equal(reboots(without), 0);
});

t.test('S12: one reboot in an incident, whether it came about or not', async (t) => {
  const refused = hopeless();
  refused.advance(7 * hour);
  t.equal(reboots(refused), 1, 'the node stays up: no second one');
  t.match(
    refused.told('action.ended').filter(({ remedy }) => remedy === 'reboot'),
    [{ ok: false }],
  );
  const done = hopeless();
  while (reboots(done) === 0) done.advance(1_000);
  done.restartAgent('boot-two');
  t.match(done.told('action.ended').at(-1), { remedy: 'reboot', ok: true, reason: 'action.done' });
  t.equal(done.component('proxy').incident?.rung, 2);
  done.advance(24 * minute);
  t.equal(reboots(done), 1);
  t.match(done.remedial().at(-1), { type: 'unit.kill' }, 'what is left of the ladder goes on');
});

const spent: readonly (readonly [readonly number[], string | null])[] = [
  [[], null],
  [[-5.9], 'reboot.budget-spent'],
  [[-6.1], null],
  [[-12.2, -6.1], 'reboot.budget-spent'],
  [[-23.9, -6.1], 'reboot.budget-spent'],
  [[-24.1, -6.1], null],
  [[-48, -30, -24.1, -23.9], null],
];

for (const [hours, expected] of spent) {
  t.test(
    `S12: 1 in 6 h and 2 in 24 h: after reboots at ${hours.join(', ') || 'no time'} h: ${expected ?? 'allowed'}`,
    async (t) => {
      const world = hopeless();
      world.advance(2 * minute);
      const nowMs = world.nowMs();
      const node = {
        ...world.state().node,
        reboots: hours.map((at) => ({ atMs: nowMs + at * hour, bootId: `${at}` })),
      };
      t.equal(refuseReboot(node, world.component('proxy'), nowMs), expected);
    },
  );
}

t.test('S12: a reboot is counted before it is done, and outlives the boot', async (t) => {
  const world = hopeless();
  while (reboots(world) === 0) world.advance(1_000);
  t.match(world.state().node.reboots, [{ bootId: 'boot-one' }]);
  world.restartAgent('boot-two');
  t.equal(refuseReboot(world.state().node, world.component('proxy'), world.nowMs()), 'reboot.budget-spent');
});

t.test('S12: never while the state cannot be written or is known to be forgotten', async (t) => {
  const unwritable = hopeless({ budget: { actions: 10, perMs: 900_000 } });
  unwritable.send({ type: 'store.changed', health: 'unwritable', detail: 'no space left' });
  unwritable.advance(30 * minute);
  t.equal(reboots(unwritable), 0);
  t.ok(unwritable.told('action.deferred').some(({ reason }) => reason === 'reboot.not-writable'));

  const lost = hopeless();
  lost.killAgent();
  lost.startAgent({ store: 'lost' });
  lost.advance(30 * minute);
  t.equal(reboots(lost), 0);
});

t.test('S12: not when the state turns out not to be writable after it was planned', async (t) => {
  const world = hopeless({ budget: { actions: 10, perMs: 900_000 } });
  world.evidenceNeverComes();
  const isPlanned = () => {
    const { deed } = world.component('proxy');
    return deed?.remedy === 'reboot' && deed.stage === 'preparing';
  };
  for (let passed = 0; passed < 30 * minute && !isPlanned(); passed += 100) world.advance(100);
  t.ok(isPlanned());
  world.send({ type: 'store.changed', health: 'unwritable', detail: 'no space left' });
  world.advance(30 * minute);
  t.equal(reboots(world), 0);
});

const neverFor: readonly Reason[] = [
  'probe.refused',
  'probe.http-status',
  'probe.bad-reply',
  'probe.exit-status',
  'probe.not-ready',
  'probe.no-socket',
  'probe.reset',
];

for (const reason of neverFor) {
  t.test(`S12: never for ${reason}, and the rest of the ladder goes on`, async (t) => {
    const world = hopeless({}, reason);
    world.advance(30 * minute);
    t.equal(reboots(world), 0);
    t.ok(world.told('action.deferred').some((told) => told.reason === 'reboot.cannot-help'));
    t.ok(world.remedial().length >= 5, `${world.remedial().length} actions: it is passed over, not stopped at`);
  });
}

for (const result of ['signal', 'oom-kill', 'exit-code', 'timeout', 'watchdog']) {
  t.test(`S12: never for a unit that ends with ${result} again and again`, async (t) => {
    const world = createWorld([policy('proxy', { ladder: [{ remedy: 'restart' }, { remedy: 'reboot' }] })], {
      units: { proxy: { restart: 'no' } },
    });
    world.advance(minute);
    world.unit('proxy').program.starts = 'badly';
    world.unit('proxy').crash(result);
    world.advance(30 * minute);
    t.equal(reboots(world), 0);
    t.ok(world.remedial().length >= 5);
  });
}

t.test('S12: a reboot that is refused on a ladder of nothing else is told', async (t) => {
  const world = hopeless({ ladder: [{ remedy: 'reboot' }] }, 'probe.http-status');
  world.advance(2 * minute);
  t.same(world.remedial(), []);
  t.match(world.told('action.deferred'), [{ reason: 'reboot.cannot-help' }]);
});

t.test('S12: a process blocked in the kernel is what a reboot is for', async (t) => {
  const world = hopeless({}, 'probe.blocked');
  world.advance(5 * minute);
  t.equal(reboots(world), 1);
});
