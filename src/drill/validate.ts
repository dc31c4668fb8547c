/** Whether a catalogue can be drilled: every mistake in it, each with the name of its failure. */
import { categories, type Failure } from './failure.ts';

function problemsOf({ name, title, category, needs, induce, expect, witness, withinMs }: Failure): readonly string[] {
  const longestMs = Math.max(0, ...expect.map((one) => (one.kind === 'left-alone' ? one.forMs : 0)));
  const checks: readonly (readonly [boolean, string])[] = [
    [/^[a-z][a-z0-9]*(-[a-z0-9]+)*(\+[a-z][a-z0-9]*(-[a-z0-9]+)*)?$/.test(name), 'its name is not kebab-case'],
    [title.length > 0 && !title.endsWith('.'), 'its title is empty or ends with a full stop'],
    [categories.includes(category), `there is no category "${category}"`],
    [induce.some(({ kind }) => kind === 'run'), 'nothing breaks'],
    [induce.every((step) => step.kind !== 'run' || step.argv.every((word) => word !== '')), 'a step has an empty word'],
    [expect.length > 0, 'nothing is expected'],
    [expect.some(({ kind }) => kind !== 'reported'), "nothing but nodemend's own word decides"],
    [witness.length > 0, 'nobody witnesses it'],
    [withinMs > longestMs, 'its time is over before what it expects can be seen'],
    [withinMs <= 300_000, 'it may take longer than 5 min'],
    [needs.units.every((unit) => unit.endsWith('.service')), 'it needs a unit that is no service'],
  ];
  return checks.filter(([holds]) => !holds).map(([, problem]) => `${name}: ${problem}`);
}

export function validate(failures: readonly Failure[]): readonly string[] {
  const names = failures.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [...failures.flatMap(problemsOf), ...twice.map((name) => `${name}: it is there twice`)];
}
