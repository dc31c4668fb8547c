/** Plays a story in the virtual world and records what the agent told and did, for tests of single stories. */
import { parseConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import type { Action } from '../../src/core/action.ts';
import type { Transition } from '../../src/core/transition.ts';
import type { Happening, Scheduled } from '../../src/sim/happening.ts';
import type { ServiceFacts } from '../../src/sim/systemd/facts.ts';
import { usualUnit } from '../../src/sim/usual-units.ts';
import type { Called } from '../../src/sim/watcher.ts';
import { createWorld, type World, type WorldOptions } from '../../src/sim/world.ts';

export function configOf(text: string): Config {
  const loaded = parseConfig(`node: sim\ndiscover: false\n${text}`, 'test.yaml');
  if (!loaded.ok) throw new Error(loaded.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return loaded.config;
}

export const workerConfig = configOf(
  'components: { containerd: { preset: containerd }, kubelet: { preset: kubelet } }',
);
export const workerUnits: readonly ServiceFacts[] = ['containerd.service', 'kubelet.service'].map((name) =>
  usualUnit(name),
);

/** A record without what is usual: a transition or action with the time it came at. */
export interface Told {
  readonly atMs: number;
  readonly transition: Transition;
}

export interface Play {
  readonly world: World;
  readonly told: Told[];
  readonly acted: Action[];
  readonly called: Called[];
}

export const at = (minutes: number, happening: Happening): Scheduled => ({ atMs: minutes * 60_000, happening });

/** `minutes`: how long the story lasts. */
export async function play(
  story: readonly Scheduled[],
  minutes: number,
  options: Partial<WorldOptions> = {},
): Promise<Play> {
  const told: Told[] = [];
  const acted: Action[] = [];
  const called: Called[] = [];
  const world = createWorld({
    seed: 1,
    config: workerConfig,
    units: workerUnits,
    ...options,
    watcher: {
      ...options.watcher,
      turned: (turned) => {
        for (const transition of turned.step.transitions) told.push({ atMs: turned.nowMs, transition });
        for (const action of turned.step.actions) if ('reason' in action) acted.push(action);
        options.watcher?.turned?.(turned);
      },
      called: (call) => {
        called.push(call);
        options.watcher?.called?.(call);
      },
    },
  });
  world.tell(story);
  await world.runTo(minutes * 60_000);
  return { world, told, acted, called };
}
