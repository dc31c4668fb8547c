/** What a simulated run comes to: counts of what was told, by component. */
import type { Remedy } from '../core/mend/policy.ts';
import type { RestartedBy, Transition } from '../core/transition.ts';

export interface ComponentTally {
  /** By their ids: a power cut can take the news of an end with it, and then it is told once more. */
  readonly incidents: Map<string, 'open' | 'recovered' | 'ended'>;
  readonly actions: Map<string, Tried>;
  readonly restarts: Record<RestartedBy, number>;
}

export interface Tried {
  readonly remedy: Remedy | 'start';
  /** null: it is under way. */
  readonly ok: boolean | null;
}

export interface Tally {
  of(component: string): ComponentTally;
  take(transition: Transition): void;
}

const fresh = (): ComponentTally => ({
  incidents: new Map(),
  actions: new Map(),
  restarts: { nodemend: 0, systemd: 0, other: 0 },
});

export function createTally(): Tally {
  const components = new Map<string, ComponentTally>();

  function tallyOf(name: string): ComponentTally {
    const known = components.get(name) ?? fresh();
    components.set(name, known);
    return known;
  }

  return {
    of: tallyOf,
    take: (transition) => {
      if (!('component' in transition) || transition.component === null) return;
      const { incidents, actions, restarts } = tallyOf(transition.component);
      switch (transition.type) {
        case 'component.restarted':
          restarts[transition.by] += 1;
          break;
        case 'incident.opened':
          incidents.set(transition.incident, 'open');
          break;
        case 'incident.closed':
          incidents.set(transition.incident, transition.recovered ? 'recovered' : 'ended');
          break;
        case 'action.begun':
          actions.set(transition.action, { remedy: transition.remedy, ok: null });
          break;
        case 'action.ended':
          actions.set(transition.action, { remedy: transition.remedy, ok: transition.ok });
          break;
      }
    },
  };
}
