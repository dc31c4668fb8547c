import t from 'tap';
import type { Remedial } from '../../src/core/action.ts';
import type { Rung } from '../../src/core/mend/policy.ts';
import type { UnitSettings } from '../../src/core/mend/unit.ts';
import { createWorld, policy, sick, silent, type World } from './world.ts';

const exec: Rung = { remedy: 'exec', argv: ['/usr/bin/mend'], timeoutMs: 5_000 };
const exec2: Rung = { remedy: 'exec', argv: ['/usr/bin/mend-more'], timeoutMs: 6_000 };
const restart: Rung = { remedy: 'restart' };
const kill: Rung = { remedy: 'kill' };

/** What is done in turn about a proxy that no action helps, with a budget that does not run out. */
function tried(
  ladder: readonly Rung[],
  fault: 'sick' | 'silent' | 'down',
  count: number,
  changes: Parameters<typeof policy>[1] = {},
  settings: Partial<UnitSettings> = {},
): string[] {
  const budget = { actions: 100, perMs: 900_000 };
  const world: World = createWorld([policy('proxy', { ladder, budget, ...changes })], {
    units: { proxy: { restart: 'no', ...settings } },
  });
  world.advance(60_000);
  world.forget();
  if (fault === 'down') world.unit('proxy').program.starts = 'badly';
  if (fault === 'down') world.unit('proxy').crash();
  const answer = fault === 'sick' ? sick : silent;
  if (fault !== 'down') for (const probe of ['vote', 'witness']) world.answer(`proxy/${probe}`, answer);
  for (let waited = 0; waited < 1_200 && world.remedial().length < count; waited += 1) world.advance(1_000);
  const name = (action: Remedial) => (action.type === 'command.run' ? (action.argv[0] ?? '') : action.type);
  return world.remedial().map(name).slice(0, count);
}

t.test('one that answers badly climbs the ladder rung by rung and stays on the last', async (t) => {
  t.same(tried([restart, kill], 'sick', 4), ['unit.restart', 'unit.kill', 'unit.kill', 'unit.kill']);
});

t.test('one that is silent begins at kill, for it would not obey', async (t) => {
  t.same(tried([restart, kill], 'silent', 3), ['unit.kill', 'unit.kill', 'unit.kill']);
  t.same(tried([restart], 'silent', 2), ['unit.restart', 'unit.restart'], 'without a kill it begins at its first rung');
});

t.test('one that is down is started, and nothing is there to kill', async (t) => {
  t.same(tried([restart, kill], 'down', 3), ['unit.start', 'unit.start', 'unit.start']);
  t.same(tried([restart, kill, exec], 'down', 4), ['unit.start', '/usr/bin/mend', 'unit.start', '/usr/bin/mend']);
});

t.test('each command of the ladder is run in its turn', async (t) => {
  t.same(tried([exec, exec2], 'sick', 3), ['/usr/bin/mend', '/usr/bin/mend-more', '/usr/bin/mend']);
});

t.test('where a restart would end the containers only what is down is started', async (t) => {
  const hosts = { hostsContainers: true };
  for (const killMode of ['control-group', 'mixed']) {
    t.same(tried([restart, kill], 'silent', 1, hosts, { killMode }), []);
    t.same(
      tried([restart, kill, { remedy: 'reboot' }], 'silent', 1, hosts, { killMode }),
      [],
      'a reboot is no way round',
    );
    t.same(
      tried([restart, exec], 'sick', 1, hosts, { killMode }),
      ['/usr/bin/mend'],
      'a command is the operator’s own',
    );
    t.same(tried([restart, kill], 'down', 1, hosts, { killMode }), ['unit.start']);
  }
  t.same(tried([restart, kill], 'silent', 1, hosts, { killMode: 'process' }), ['unit.kill']);
});

t.test('what cannot be mended is told with the reason', async (t) => {
  for (const { ladder, killMode, reason } of [
    { ladder: [kill], killMode: 'process', reason: 'restart.no-remedy' },
    { ladder: [restart], killMode: 'control-group', reason: 'restart.shared-group' },
  ] as const) {
    const world = createWorld([policy('proxy', { ladder, hostsContainers: true })], {
      units: { proxy: { restart: 'no', killMode } },
    });
    world.advance(60_000);
    world.forget();
    if (reason === 'restart.no-remedy') world.unit('proxy').crash();
    else world.unit('proxy').freeze();
    world.advance(60_000);
    t.match(world.told('action.deferred'), [{ reason }]);
    t.match(world.component('proxy'), { phase: 'unhealthy' });
  }
});

t.test('evidence of a unit that runs comes before the action, of one that is down with it', async (t) => {
  const world = createWorld([policy('proxy', { dumpsOnUsr1: true })], { units: { proxy: { restart: 'no' } } });
  world.advance(60_000);
  const kinds = () =>
    world
      .turns()
      .flatMap(({ actions }) => actions)
      .filter((one) => one.type === 'evidence.capture' || one.type.startsWith('unit.'))
      .map((one) => (one.type === 'evidence.capture' ? `${one.type} ${one.dump ? 'with' : 'without'} dump` : one.type));
  world.unit('proxy').crash();
  world.advance(5_000);
  t.same(kinds(), ['unit.start', 'evidence.capture without dump']);
  world.unit('proxy').freeze();
  world.advance(60_000);
  t.same(kinds().slice(2), ['evidence.capture with dump', 'unit.kill']);
});

t.test('evidence and sample together never hold a repair up for more than 2 s', async (t) => {
  const world = createWorld([policy('proxy')], { units: { proxy: { restart: 'no' } } });
  world.advance(60_000);
  world.forget();
  world.evidenceNeverComes();
  world.unit('proxy').freeze();
  while (world.component('proxy').deed === null) world.advance(10);
  world.advance(1_900);
  t.same(world.remedial(), []);
  world.advance(200);
  t.match(world.remedial(), [{ type: 'unit.kill' }]);
});
