/**
 * Plays a transcript: lines of what happens, each followed, indented, by what came of it. Comments begin with #. The first lines that begin with
 * `unit` make the node; all other commands are in the table below.
 */
import type { ComponentPolicy } from '../../src/core/mend/policy.ts';
import type { UnitSettings } from '../../src/core/mend/unit.ts';
import type { Transition } from '../../src/core/transition.ts';
import { remedialOf } from './oracles.ts';
import { createWorld, denied, good, policy, refused, sick, silent, type World } from './world.ts';

const answers = { good, sick, silent, refused, denied } as const;
const unitsOfTime: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function durationMs(text: string): number {
  const [, count, unit = ''] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = unitsOfTime[unit];
  if (count === undefined || ms === undefined) throw new Error(`${text} is no duration`);
  return Number(count) * ms;
}

type Command = (world: World, words: readonly string[]) => void;

const word = (words: readonly string[], index: number): string => {
  const found = words[index];
  if (found === undefined) throw new Error(`a word is missing after ${words.join(' ')}`);
  return found;
};

const commands: Readonly<Record<string, Command>> = {
  advance: (world, words) => world.advance(durationMs(word(words, 0))),
  crash: (world, words) => world.unit(word(words, 0)).crash(words[1]),
  exit: (world, words) => world.unit(word(words, 0)).exit(),
  freeze: (world, words) => world.unit(word(words, 0)).freeze(),
  stop: (world, words) => world.stop(word(words, 0)),
  start: (world, words) => world.unit(word(words, 0)).start(),
  restart: (world, words) => world.unit(word(words, 0)).restart(),
  starts: (world, words) => {
    const starts = word(words, 1) as 'well' | 'badly' | 'never';
    Object.assign(world.unit(word(words, 0)).program, { starts, startMs: durationMs(words[2] ?? '0ms') });
  },
  answer: (world, words) => {
    const as = word(words, 1);
    world.answer(word(words, 0), as === 'usual' ? null : answers[as as keyof typeof answers]);
  },
  ask: (world, words) => world.send({ type: 'restart.asked', component: word(words, 0) }),
  pause: (world, [who = '', time = '', ...text]) =>
    world.send({ type: 'pause.asked', component: who, forMs: durationMs(time), text: text.join(' ') }),
  upgrade: (world, words) => world.host({ packageManager: word(words, 0) === 'ends' ? null : word(words, 0) }),
  pressure: (world, words) => world.host({ pressure: Number(word(words, 0)) }),
  shutdown: (world) => world.send({ type: 'shutdown.announced' }),
  'agent-dies-at-action': (world, words) => world.killAgentAtAction(word(words, 0) as 'before' | 'after'),
  'agent-starts': (world) => world.startAgent(),
};

/** `unit NAME after=A restart=no restartSec=10s stopsWith=A startLimit=5 actions=3`, in any order. */
function readUnit(line: string): { readonly policy: ComponentPolicy; readonly settings: Partial<UnitSettings> } {
  const [, name = '', ...pairs] = line.split(/\s+/);
  const given = Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]));
  const { after, restart, restartSec, stopsWith, startLimit, actions } = given;
  return {
    policy: policy(name, {
      after: after?.split(',') ?? [],
      budget: { actions: Number(actions ?? 3), perMs: 900_000 },
    }),
    settings: {
      ...(restart === undefined ? {} : { restart }),
      ...(restartSec === undefined ? {} : { restartMs: durationMs(restartSec) }),
      ...(startLimit === undefined ? {} : { startLimitBurst: Number(startLimit) }),
      stopsWith: stopsWith === undefined ? [] : [`${stopsWith}.service`],
    },
  };
}

function describe(told: Transition): string {
  switch (told.type) {
    case 'component.phase':
      return `${told.component} ${told.from} -> ${told.to} (${told.reason})`;
    case 'component.restarted':
      return `${told.component} restarted by ${told.by} (${told.reason})`;
    case 'incident.opened':
      return `${told.component} incident begins (${told.reason})`;
    case 'incident.closed':
      return `${told.component} incident ends, ${told.recovered ? 'recovered' : 'let go of'} (${told.reason})`;
    case 'action.begun':
      return `${told.component} ${told.remedy} begins (${told.reason})`;
    case 'action.ended':
      return `${told.component} ${told.remedy} ends ${told.ok ? 'well' : 'badly'} (${told.reason})`;
    case 'action.deferred':
      return `${told.component} waits (${told.reason})`;
    case 'node.ready':
      return `node ${told.ready ? 'ready' : 'not ready'} (${told.reason})`;
    case 'node.changed':
      return `node ${told.reason} ${told.detail}`.trim();
    case 'leader.changed':
      return `${told.check} ${told.from} -> ${told.to} (${told.reason})`;
    case 'freshness.changed':
      return `${told.check}/${told.item} ${told.from} -> ${told.to} (${told.reason})`;
    case 'apiserver.rotation':
      return `${told.server} ${told.rotates ? 'in' : 'out'} (${told.reason})`;
    case 'election.changed':
    case 'election.leader':
    case 'election.hook':
      return `${told.election} ${told.type} (${told.reason})`;
    case 'pause.changed':
      return `${told.component ?? 'node'} ${told.reason} ${told.detail}`.trim();
    case 'etcd.changed':
      return `etcd ${told.member ?? 'cluster'} ${told.reason}${told.over ? ' over' : ''}`;
    case 'backup.changed':
      return `backup ${told.reason}`;
  }
}

/** The transcript as it is now: the given one without what was indented, and with what comes of it. */
export function playScript(text: string): string {
  const given = text.split('\n').filter((line) => !line.startsWith('  '));
  const units = given.filter((line) => line.startsWith('unit ')).map(readUnit);
  const world = createWorld(
    units.map((unit) => unit.policy),
    { units: Object.fromEntries(units.map((unit) => [unit.policy.name, unit.settings])) },
  );
  const begunMs = world.nowMs();
  let shown = 0;
  const outcome = (): string[] => {
    const turns = world.turns().slice(shown);
    shown = world.turns().length;
    return turns.flatMap((turn) => {
      const at = `${((turn.nowMs - begunMs) / 1_000).toFixed(3)} s`.padStart(14);
      const actions = remedialOf(turn).map((action) => `${action.type} ${action.unit}`);
      return [...turn.transitions.map(describe), ...actions.map((action) => `=> ${action}`)].map(
        (what) => `${at}  ${what}`,
      );
    });
  };
  const lines = given.flatMap((line) => {
    if (line === '' || line.startsWith('#') || line.startsWith('unit ')) return [line];
    const [name = '', ...words] = line.split(/\s+/);
    const command = commands[name];
    if (command === undefined) throw new Error(`there is no command ${name}`);
    command(world, words);
    return [line, ...outcome()];
  });
  return lines.join('\n');
}
