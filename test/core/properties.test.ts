/** What holds in any story. Seeded and bounded, so that a run is the same everywhere; NODEMEND_LONG=1 tells twenty times as many. */
import fc from 'fast-check';
import t from 'tap';
import { step } from '../../src/core/step.ts';
import {
  crowded,
  forTheDependency,
  handsOn,
  intoJobs,
  inVain,
  overBudget,
  remedialOf,
  repeatedBlindly,
  tooManyReboots,
  withoutIntent,
} from './oracles.ts';
import { type Beat, endFaults, faults, type Kind, names, type Story, stories, tell } from './story.ts';
import { denied, type Turned, type World } from './world.ts';

const long = process.env['NODEMEND_LONG'] === '1';
const seed = Number(process.env['NODEMEND_SEED'] ?? 20_261_124);

/** Holds the oracle against random stories; a breach is shown with the shortest story that leads to it. */
function holds(told: fc.Arbitrary<Story>, runs: number, breachesOf: (world: World) => string[]): void {
  fc.assert(
    fc.property(told, (story) => {
      const breaches = breachesOf(tell(story));
      if (breaches.length > 0) throw new Error(breaches.slice(0, 3).join('; '));
    }),
    { seed, numRuns: long ? 20 * runs : runs },
  );
}

const perTurn = { withoutIntent, crowded, intoJobs, handsOn, forTheDependency, inVain } as const;
const overall = { overBudget, tooManyReboots, repeatedBlindly } as const;

t.test('in any story every action has its intent, its slot, its budget and its right', async (t) => {
  let actions = 0;
  const safe = (world: World): string[] => {
    const turns = world.turns();
    actions += turns.flatMap(remedialOf).length;
    const inTurns = turns.flatMap((turn) => Object.values(perTurn).flatMap((oracle) => oracle(turn)));
    return [...inTurns, ...Object.values(overall).flatMap((oracle) => oracle(turns))];
  };
  holds(stories(16), 120, safe);
  const spending: readonly Kind[] = ['starts', 'crash', 'sicken'];
  holds(stories(16, ['kill', 'dieAtAction', 'restart', 'store'], spending), 60, safe);
  holds(stories(10, ['reload'], ['sicken']), 40, safe);
  t.ok(actions > 300, `${actions} actions`);
});

t.test('an action that was under way when the agent died is never repeated blindly', async (t) => {
  let deaths = 0;
  holds(stories(14, ['dieAtAction', 'kill'], ['crash', 'exit', 'freeze', 'starts']), 120, (world) => {
    const open = ({ event, before }: Turned) =>
      event.type === 'agent.started' && Object.values(before.components).some(({ deed }) => deed?.stage === 'acting');
    deaths += world.turns().filter(open).length;
    return repeatedBlindly(world.turns());
  });
  t.ok(deaths > 40, `${deaths} deaths in the middle of an action`);
});

const disturbances: readonly Kind[] = ['bus', 'stall', 'kill', 'pressure', 'suspend', 'pause', 'upgrade', 'store'];

/** The looks of one component after another go blind before each beat. */
function blinded({ ladder, beats }: Story): Story {
  const blind = (index: number, probe: 'vote' | 'witness'): Beat => ({
    happening: { kind: 'answer', who: names[index % names.length] ?? 'proxy', probe, as: denied },
    thenMs: 0,
  });
  return { ladder, beats: beats.flatMap((beat, index) => [blind(index, 'vote'), blind(index, 'witness'), beat]) };
}

t.test('unknown alone never acts', async (t) => {
  holds(stories(12, disturbances, []).map(blinded), 100, (world) =>
    world.remedial().map(({ type, component }) => `${type} of ${component}`),
  );
  t.pass('nothing was done');
});

t.test('once the faults stop, everything is healthy again within 40 minutes', async (t) => {
  const recovers = (world: World): string[] => {
    endFaults(world);
    // A stop that an operator asked for may take TimeoutStopSec.
    world.advance(100_000);
    for (const name of names) if (world.component(name).phase === 'stopped') world.unit(name).start();
    world.advance(2_400_000);
    return Object.values(world.state().components)
      .filter(({ phase }) => phase !== 'healthy')
      .map(({ policy, phase, reason }) => `${policy.name} is ${phase} (${reason})`);
  };
  holds(stories(12), 20, recovers);
  holds(stories(12, ['starts'], faults), 10, recovers);
  t.pass('all came back');
});

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}

const outcome = ({ actions, transitions, wakeAtMs }: Pick<Turned, 'actions' | 'transitions' | 'wakeAtMs'>): string =>
  JSON.stringify([actions, transitions, wakeAtMs]);

t.test('a step changes nothing that it is given, and asked again it gives the same bytes', async (t) => {
  holds(stories(8), 12, (world) =>
    world.turns().flatMap((turn) => {
      const again = step(deepFreeze(turn.before), deepFreeze(turn.event), turn.nowMs);
      const same = outcome(again) === outcome(turn) && JSON.stringify(again.state) === JSON.stringify(turn.after);
      return same ? [] : [`${turn.event.type} gives something else`];
    }),
  );
  t.pass('every turn was played twice');
});

t.test('saved and loaded between any two steps the story is the same', async (t) => {
  holds(stories(8), 12, (world) => {
    let state = world.turns()[0]?.before;
    let last: Turned['after'] | undefined;
    return world.turns().flatMap((turn) => {
      // Where the agent came back it had loaded what was saved.
      const from = turn.before === last ? state : turn.before;
      const result = step(JSON.parse(JSON.stringify(from)) as Turned['before'], turn.event, turn.nowMs);
      state = result.state;
      last = turn.after;
      return outcome(result) === outcome(turn) ? [] : [`${turn.event.type} gives something else`];
    });
  });
  t.pass('every state went through JSON');
});

t.test('after every step the core is at rest: the same moment again asks for nothing and tells nothing', async (t) => {
  holds(stories(10), 40, (world) =>
    world.turns().flatMap((turn) => {
      const { actions, transitions } = step(turn.after, { type: 'tick' }, turn.nowMs);
      const restless = actions.length + transitions.length > 0;
      return restless ? [`after ${turn.event.type}: ${JSON.stringify([actions, transitions])}`] : [];
    }),
  );
  t.pass('every turn was followed by another');
});
