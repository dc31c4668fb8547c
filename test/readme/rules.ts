/** The rules of behaviour as the README has them, and the tests that are named after them. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const tests = resolve(import.meta.dirname, '..');

export const rules: Readonly<Record<string, string>> = {
  S1: 'A durable record of the intent exists before any action; after a crash of the agent an open intent is verified, never repeated blindly.',
  S2: 'At most one job in flight per unit, one disruptive action at a time per node.',
  S3: 'Hands off what is masked, disabled and not running, frozen, paused, being upgraded or part of a shutdown. What an operator stopped stays stopped; what stopped only with its dependency is started when that is back.',
  S4: '`unknown` never counts as `unhealthy`: not being able to look proves nothing.',
  S5: 'A hang takes k bad looks of n, a minimum time and, where there is one, a witness that agrees. A crash needs no vote.',
  S6: 'Under pressure deadlines widen, up to four times: a slow but living runtime is not killed.',
  S7: '`starting` is not hung: grace from the start of the unit, counters reset with each new run, "not initialized yet" is believed for ten minutes.',
  S8: "Budget, growing back-off with jitter and a window, systemd's own restarts counted in. When spent: `exhausted`, loud, one slow retry after another for ever.",
  S9: "A dependent is never restarted for its dependency's fault.",
  S10: 'After each action the result is verified within a deadline, else the next rung of the ladder.',
  S11: "systemd's `Restart=` is respected. The exception: the first crash in a window that systemd would leave down for more than 1 s is started at once.",
  S12: 'Reboot is off by default; when on, only with a writable store, at most 1 in 6 h and 2 in 24 h, never for a cause that would be there again afterwards.',
  S13: 'Only monotonic time decides. A gap in time discards evidence.',
  S14: 'No decision from log text or learned baselines.',
};

/** By rule, the files with a test whose name begins with it. */
export function testsOfRules(): ReadonlyMap<string, readonly string[]> {
  const files = readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => ({ path: `test/${name}`, text: readFileSync(resolve(tests, name), 'utf8') }));
  return new Map(
    Object.keys(rules).map((rule) => [
      rule,
      files.filter(({ text }) => new RegExp(`['"\`]${rule}: `).test(text)).map(({ path }) => path),
    ]),
  );
}
