/** The drill on a real node: it passes where nodemend mends, fails where nodemend is not there, and leaves a node that is well. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { catalogue } from '../../src/drill/catalogue/all.ts';
import { realClock } from '../../src/drill/clock.ts';
import { examine } from '../../src/drill/health.ts';
import { createJournal } from '../../src/drill/journal.ts';
import { drillOne } from '../../src/drill/one.ts';
import { survey } from '../../src/drill/survey.ts';
import { openLab } from '../drill/lab.ts';
import { skipWithoutLab } from './harness/lab-test.ts';

function named(name: string) {
  const found = catalogue.find((failure) => failure.name === name);
  if (found === undefined) throw new Error(`the catalogue has no ${name}`);
  return found;
}

t.test(
  'quick failures of a real node pass with nodemend and fail without',
  { timeout: 600_000, skip: skipWithoutLab() },
  async (t) => {
    const target = await openLab();
    const folder = mkdtempSync(join(tmpdir(), 'nodemend-drill-'));
    t.teardown(async () => {
      await target.close();
      rmSync(folder, { recursive: true });
    });
    const { units } = await survey(target);
    const journal = createJournal(folder);
    const stage = {
      target,
      clock: realClock,
      journal,
      units,
      load: 'idle' as const,
      signal: new AbortController().signal,
    };

    for (const name of ['kubelet-killed', 'journald-frozen', 'agent-and-containerd-killed']) {
      const { outcome, reason } = await drillOne(stage, named(name));
      t.equal(outcome, 'passed', `${name} ${reason}`);
    }

    const kubelet = named('kubelet-killed');
    const withoutAgent = {
      ...kubelet,
      induce: [{ kind: 'run', argv: ['systemctl', 'stop', 'nodemend.service'] } as const, ...kubelet.induce],
      heal: [['systemctl', 'start', 'nodemend.service'] as const],
    };
    const { outcome, reason } = await drillOne(stage, withoutAgent);
    t.equal(outcome, 'failed', 'the drill can tell');
    t.match(reason, /a new run of kubelet\.service answers, and nodemend asked for it; seen: activating/);
    t.equal(await examine(target, units), null, 'and the node is well again');
    t.throws(() => readFileSync(journal.path), 'nothing is left to heal');
  },
);
