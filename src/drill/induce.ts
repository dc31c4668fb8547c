/** Breaks the node: the steps of a failure, one after the other. */
import type { DrillClock } from './clock.ts';
import type { Failure, Step } from './failure.ts';
import type { Target } from './target.ts';
import { nowOf } from './witness.ts';

/** Something the drill did, by the node's clock. */
export interface Moment {
  readonly atMs: number;
  readonly what: string;
}

export interface Induced {
  readonly moments: readonly Moment[];
  /** From here times count. */
  readonly struckAtMs: number;
  /** Why the node could not be broken as planned; null when it was. */
  readonly problem: string | null;
}

const stepTimeoutMs = 90_000;
const lookEveryMs = 200;

export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'run':
      // A script's words follow its text and a name.
      return step.argv[1] === '-c' && step.argv[0] === 'sh'
        ? [step.argv[2], ...step.argv.slice(4)].join(' ')
        : step.argv.join(' ');
    case 'stand':
      return `${step.ms / 1_000} s pass`;
    case 'until':
      return `until ${step.unit} shows ${step.property}=${step.is}`;
    case 'count':
      return 'from here on times count';
  }
}

async function awaitProperty(
  target: Target,
  clock: DrillClock,
  step: Step & { readonly kind: 'until' },
  signal: AbortSignal,
): Promise<string | null> {
  const endMs = clock.nowMs() + step.withinMs;
  while (clock.nowMs() < endMs && !signal.aborted) {
    const { stdout } = await target.run(['systemctl', 'show', '--value', '-p', step.property, step.unit]);
    if (stdout.trim() === step.is) return null;
    await clock.wait(lookEveryMs, signal);
  }
  return `${describeStep(step)}: not within ${step.withinMs / 1_000} s`;
}

/** Resolves to what went wrong, or null. */
async function perform(target: Target, clock: DrillClock, step: Step, signal: AbortSignal): Promise<string | null> {
  switch (step.kind) {
    case 'count':
      return null;
    case 'stand':
      await clock.wait(step.ms, signal);
      return null;
    case 'until':
      return awaitProperty(target, clock, step, signal);
    case 'run': {
      const { status, stderr } = await target.run(step.argv, { timeoutMs: stepTimeoutMs });
      if (status === 0 || step.mayFail === true) return null;
      return `${describeStep(step)} ended with ${status}: ${stderr.trim().slice(-300)}`;
    }
  }
}

export async function induce(
  target: Target,
  clock: DrillClock,
  { induce: steps }: Failure,
  signal: AbortSignal,
): Promise<Induced> {
  const moments: Moment[] = [];
  let struckAtMs = await nowOf(target);
  for (const step of steps) {
    const atMs = await nowOf(target);
    if (step.kind === 'count') struckAtMs = atMs;
    else moments.push({ atMs, what: describeStep(step) });
    const problem = signal.aborted ? 'interrupted' : await perform(target, clock, step, signal);
    if (problem !== null) return { moments, struckAtMs, problem };
  }
  return { moments, struckAtMs, problem: null };
}
