/** What goes on in a story, a line each, for a person who looks for a defect. */
import type { Event } from '../../src/core/event.ts';
import type { Watcher } from '../../src/sim/watcher.ts';
import type { World } from '../../src/sim/world.ts';

/** Looks and samples are too many to read, but for the bad looks. */
function isWorthALine(event: Event): boolean {
  if (event.type === 'probe.observed') return event.observation.verdict !== 'healthy';
  return event.type !== 'tick' && event.type !== 'host.sampled' && event.type !== 'config.loaded';
}

/** Without what is the same in every line. */
function brief(value: unknown): string {
  return JSON.stringify(value, (key, inner) =>
    ['settings', 'controlGroup', 'loadState', 'conditionResult', 'needDaemonReload'].includes(key) ? undefined : inner,
  ).replace(/0{20,}/g, '');
}

export function createShow(world: () => World, out: (line: string) => void): Watcher {
  const line = (what: string, value: unknown): void => {
    const { agenda } = world();
    out(`${(agenda.nowMs() / 1_000).toFixed(3).padStart(10)} ${what.padEnd(8)} ${brief(value)}`);
  };
  return {
    turned: ({ event, step }) => {
      if (isWorthALine(event)) line('event', event);
      for (const transition of step.transitions) line('told', transition);
      for (const action of step.actions) if ('reason' in action) line('acts', action);
    },
    called: (call) => line('called', call),
    agent: (what) => line('agent', what),
    asked: (verb, unit) => line('asked', `${verb} ${unit}`),
    happened: (what) => line('befell', what),
  };
}
