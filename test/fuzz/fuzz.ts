/**
 * Properties over damaged input, for as long as a time box allows: a few seconds each, and always the same cases, so that what fails is the change and not
 * the day; ten times as long with NODEMEND_LONG=1, and new cases each time. A failure prints one command that plays it again.
 */
import { relative, resolve } from 'node:path';
import fc from 'fast-check';
import type { Test } from 'tap';

const long = process.env['NODEMEND_LONG'] === '1';
const boxMs = long ? 25_000 : 2_500;
const mostCases = long ? 1_000_000 : 5_000;
const replay = { seed: process.env['NODEMEND_SEED'] ?? (long ? undefined : '1'), path: process.env['NODEMEND_PATH'] };

const top = resolve(import.meta.dirname, '../..');

/** What is left of a failure's report when it holds a whole file. */
const mostCharacters = 6_000;

/** `holds` throws, or rejects, when the property does not hold. */
export async function fuzz<T>(
  t: Test,
  file: string,
  given: fc.Arbitrary<T>,
  holds: (value: T) => void | Promise<void>,
): Promise<void> {
  let cases = 0;
  let last = Promise.resolve();
  const details = await fc.check(
    fc.asyncProperty(given, (value) => {
      cases += 1;
      last = Promise.resolve(value).then(holds);
      return last;
    }),
    {
      numRuns: mostCases,
      interruptAfterTimeLimit: boxMs,
      markInterruptAsFailure: false,
      ...(replay.seed === undefined ? {} : { seed: Number(replay.seed) }),
      ...(replay.path === undefined ? {} : { path: replay.path }),
    },
  );
  // At the end of the box one case may still be under way: it counts as well, and what it uses is taken away only after it.
  if (!details.failed) await last;
  if (details.failed) {
    const { seed, counterexamplePath } = details;
    const again = `NODEMEND_SEED=${seed} NODEMEND_PATH=${counterexamplePath} npx tap run ${relative(top, file)}`;
    const report = (await fc.asyncDefaultReportMessage(details)) ?? '';
    t.fail(`${again}\n${String(details.errorInstance)}\n${report.slice(0, mostCharacters)}`);
  } else t.ok(cases > 0, `${cases} cases, seed ${details.seed}`);
}
