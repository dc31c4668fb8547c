/** All steps from what is there to what is wished for, for an operator to read before anything is done. */
import { foresee, foreseeWaited } from './foresee.ts';
import { nextOf } from './next.ts';
import type { Scene } from './scene.ts';
import type { Next, PlannedStep } from './steps.ts';
import type { Wish } from './wish.ts';

export interface Plan {
  readonly steps: readonly PlannedStep[];
  /** How it ends: `done`, `elsewhere`, `refused`, or `wait` for something that only time tells. */
  readonly end: Exclude<Next, { is: 'step' }>;
}

/** The longest is a replacement with eight steps; a resize from one to five ends on another node after one member. */
const mostSteps = 60;

export function planOf(scene: Scene, wish: Wish): Plan {
  const steps: PlannedStep[] = [];
  let seen = scene;
  let waited = false;
  for (;;) {
    const next = nextOf(seen, wish);
    if (next.is === 'step') {
      steps.push({ step: next.step, why: next.why });
      seen = foresee(seen, next.step);
    } else if (next.is === 'wait' && !waited) seen = foreseeWaited(seen);
    else return { steps, end: next };
    waited = next.is === 'wait';
    if (steps.length > mostSteps) throw new Error(`the plan for ${wish.command} does not end`);
  }
}
