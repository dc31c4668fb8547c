/** `nodemend-drill list`. */
import type { Expectation, Failure } from './failure.ts';

export function describeExpectation(expectation: Expectation): string {
  switch (expectation.kind) {
    case 'mended':
      return `${expectation.unit} runs anew${expectation.by === 'nodemend' ? ', by nodemend' : ''}`;
    case 'left-alone':
      return `hands off for ${expectation.forMs / 1_000} s`;
    case 'returns':
      return 'nodemend comes back';
    case 'rebooted':
      return 'all is back after the boot';
    case 'reported':
      return `says ${expectation.component} is ${expectation.phase}`;
  }
}

export function renderList(failures: readonly Failure[], json: boolean): string {
  if (json) return `${JSON.stringify(failures, null, 2)}\n`;
  const width = Math.max(...failures.map(({ name }) => name.length));
  const line = ({ name, category, title, expect }: Failure): string =>
    `${name.padEnd(width)}  ${category.padEnd(15)}  ${title}: ${expect.map(describeExpectation).join('; ')}\n`;
  return failures.map(line).join('');
}
