/** S10: what is told as verified runs anew and answers well; what was not verified is followed by the next rung. */
import type { Remedial } from '../../../src/core/action.ts';
import type { State } from '../../../src/core/state.ts';
import type { Transition } from '../../../src/core/transition.ts';
import type { Case } from './case.ts';
import type { Part } from './knowledge.ts';

export interface Outcomes {
  hear(transition: Transition): void;
  leave(action: Remedial, part: Part): void;
  /** A new life knows what was saved; what was told while the last one died was heard by nobody. */
  takeOver(state: State): void;
  /** What the open incident of a component is about; empty when there is none. */
  causeOf(component: string): string;
}

interface Known {
  readonly id: string;
  readonly cause: string;
  /** A restart of the running unit was not verified. */
  restartFailed: boolean;
}

export function createOutcomes({ knowledge, breach }: Case): Outcomes {
  const incidents = new Map<string, Known>();

  function checkVerified(part: Part, id: string, invocation: string): void {
    const { unit, policy } = part;
    const anew = unit !== null && unit.activeState === 'active' && unit.invocationId !== invocation;
    if (!anew && part.open?.remedy !== 'command.run')
      breach(`S10 ${id} is told as verified, but ${policy.unit} does not run anew`);
    for (const [name, { role }] of Object.entries(policy.probes)) {
      const last = part.looks.get(name)?.at(-1);
      if (role === 'vote' && (last?.verdict !== 'healthy' || last.startedAtMs < part.from.runMs))
        breach(`S10 ${id} is told as verified, but ${name} has not answered well since`);
    }
  }

  function ended(part: Part, { ok, reason, action }: Extract<Transition, { type: 'action.ended' }>): void {
    const { open } = part;
    if (open?.id !== action) return;
    if (ok && reason === 'restart.verified') checkVerified(part, action, open.invocation);
    const known = incidents.get(part.policy.name);
    if (known !== undefined && reason === 'restart.not-verified' && open.remedy === 'unit.restart')
      known.restartFailed = true;
    part.open = null;
  }

  return {
    hear: (transition) => {
      if (transition.type === 'incident.opened') {
        const { component, incident, reason } = transition;
        incidents.set(component, { id: incident, cause: reason, restartFailed: false });
      }
      if (transition.type === 'incident.closed') incidents.delete(transition.component);
      const part =
        'component' in transition && transition.component !== null
          ? knowledge.parts.get(transition.component)
          : undefined;
      if (transition.type === 'action.ended' && part !== undefined) ended(part, transition);
    },
    leave: (action, part) => {
      const known = incidents.get(action.component);
      const again = action.type === 'unit.restart' && part.unit?.activeState === 'active' && !part.asked;
      if (again && known?.restartFailed === true && part.policy.ladder.some(({ remedy }) => remedy === 'kill'))
        breach(`S10 a restart of ${action.unit} was not verified, and the next rung is not taken`);
    },
    takeOver: ({ components }) => {
      for (const [name, { incident }] of Object.entries(components)) {
        if (incident === null) incidents.delete(name);
        else if (incidents.get(name)?.id !== incident.id)
          incidents.set(name, { id: incident.id, cause: incident.cause, restartFailed: false });
      }
    },
    causeOf: (component) => incidents.get(component)?.cause ?? '',
  };
}
