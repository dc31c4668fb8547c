/** A tap test with a lab of its own. Where the lab cannot run the test is left out loudly, except in CI, where that is a failure. */
import t, { type Test } from 'tap';
import { createLab, type Lab } from './lab.ts';
import { labUnavailable } from './requirements.ts';

/** Full counts instead of a few rounds: NODEMEND_LONG=1, set by `npm run test:long`. */
export const LONG = process.env['NODEMEND_LONG'] === '1';

const DEADLINE_MS = LONG ? 3_600_000 : 600_000;

/** For tap's `skip`: false where the lab runs, and in CI, where a lab that cannot run has to fail; else the reason. */
export function skipWithoutLab(): string | false {
  const why = labUnavailable();
  return why === null || process.env['CI'] === 'true' ? false : why;
}

/** Declares a test that gets a fresh lab; the lab is removed after it, whatever happens. */
export function labTest(name: string, work: (t: Test, lab: Lab) => Promise<void>): void {
  t.test(name, { timeout: DEADLINE_MS, skip: skipWithoutLab() }, async (test) => {
    const lab = await createLab();
    try {
      await work(test, lab);
    } finally {
      await lab.close();
    }
  });
}
