/** What will be done to the node, for whoever has to agree to it. */
import type { Failure } from './failure.ts';
import { describeStep } from './induce.ts';
import type { Load } from './load.ts';
import type { Fitting } from './select.ts';

const minutes = (ms: number): string => `${Math.max(1, Math.round(ms / 60_000))} min`;

function describeFailure({ name, title, induce, heal }: Failure): string {
  const broken = induce.filter(({ kind }) => kind !== 'count').map((step) => `    breaks: ${describeStep(step)}`);
  const healed = heal.map((argv) => `    heals:  ${argv.join(' ')}`);
  return [`  ${name}: ${title}`, ...broken, ...healed].join('\n').replaceAll(/\n(?! {2,4}\S)/g, '\n            ');
}

export function renderPlan(target: string, { possible, leftOut }: Fitting, load: Load): string {
  const most = possible.reduce((sum, { withinMs }) => sum + withinMs, 0);
  return [
    `On ${target}, ${possible.length} failure${possible.length === 1 ? '' : 's'} under load "${load}", at most ${minutes(most)} of waiting for repairs:`,
    ...possible.map(describeFailure),
    ...leftOut.map(({ failure, lacks }) => `  left out: ${failure.name}, the node lacks ${lacks}`),
    '',
  ].join('\n');
}
