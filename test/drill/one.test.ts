/** One failure on a node that is not there: what passes, what fails, what proves nothing, and that the node is healed in any case. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Failure } from '../../src/drill/failure.ts';
import { createJournal } from '../../src/drill/journal.ts';
import { drillOne } from '../../src/drill/one.ts';
import { attempt, down, mended, others, run, signal, startsOver } from '../../src/drill/steps.ts';
import { createFakeNode, type FakeOptions, units } from './fake-node.ts';

const failure: Failure = {
  name: 'containerd-killed',
  title: 'containerd gets SIGKILL',
  category: 'process',
  needs: { units: ['containerd.service'], tools: [], files: [] },
  induce: [signal('KILL', 'containerd.service')],
  expect: [mended('containerd.service')],
  never: [others('containerd.service'), startsOver(1), down],
  witness: 'systemd',
  withinMs: 5_000,
  heal: [['systemctl', 'start', 'containerd.service']],
};

async function drillWith(t: Test, options: FakeOptions, parts: Partial<Failure> = {}, abort?: AbortController) {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-drill-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const { target, clock, commands } = createFakeNode(options);
  const journal = createJournal(folder);
  const signalOf = (abort ?? new AbortController()).signal;
  const stage = { target, clock, journal, units, load: 'idle' as const, signal: signalOf };
  const result = await drillOne(stage, { ...failure, ...parts });
  return { result, commands, journal };
}

const isHealed = (commands: readonly string[]): boolean => commands.includes('systemctl start containerd.service');
const isBroken = (commands: readonly string[]): boolean => commands.some((line) => line.includes('--signal=KILL'));

t.test('a unit that nodemend brings back passes, with the times of systemd and of the bus', async (t) => {
  const { result, commands, journal } = await drillWith(t, { mendsAfterMs: 100 });
  t.match(result, { outcome: 'passed', reason: '' });
  const { detectedAfterMs, recoveredAfterMs } = result.judgement ?? {};
  t.ok(detectedAfterMs === 105 || detectedAfterMs === 110, `asked for after ${detectedAfterMs} ms`);
  t.ok((recoveredAfterMs ?? 0) >= 100 && (recoveredAfterMs ?? 0) < 400, `back after ${recoveredAfterMs} ms`);
  t.match(
    result.timeline.map(({ who, what }) => `${who}: ${what}`),
    [
      'drill: systemctl kill --kill-whom=main --signal=KILL containerd.service',
      'node: containerd.service: failed (failed)',
      'nodemend: RestartUnit containerd.service',
      'node: containerd.service: new process 200, active (running)',
    ],
  );
  t.ok(isHealed(commands));
  t.equal(journal.read(), null, 'and nothing is left to heal');
});

t.test('a unit that nobody brings back fails, and is healed', async (t) => {
  const { result, commands } = await drillWith(t, { mendsAfterMs: null });
  t.equal(result.outcome, 'failed');
  t.match(result.reason, /expected: a new run of containerd\.service answers.*seen: failed \(failed\)/);
  t.ok(isHealed(commands));
});

t.test('a unit that comes back too late fails', async (t) => {
  t.equal((await drillWith(t, { mendsAfterMs: 6_000 })).result.outcome, 'failed');
});

t.test('a unit that is back, and another one restarted for it, fails', async (t) => {
  const { result } = await drillWith(t, { alsoRestarts: 'docker.service' });
  t.equal(result.outcome, 'failed');
  t.match(result.reason, /expected: no new run of docker\.service, kubelet\.service; seen: docker\.service/);
});

t.test('hands off means that nothing is asked for', async (t) => {
  const leftAlone = { expect: [{ kind: 'left-alone', forMs: 2_000 }], never: [down] } as const;
  const { result } = await drillWith(t, { mendsAfterMs: 500 }, leftAlone);
  t.match(result, { outcome: 'failed', reason: /seen: RestartUnit containerd\.service/ });
  const quiet = await drillWith(t, {}, { ...leftAlone, induce: [run('true')] });
  t.match(quiet.result, { outcome: 'passed', judgement: { recoveredAfterMs: null } });
});

t.test('on a node that is not well nothing is broken, and nothing proved', async (t) => {
  for (const [options, why] of [
    [{ phase: 'mending' }, /not well before: containerd is mending/],
    [{ answers: false }, /not well before: nodemend does not answer/],
    [{ remaining: 2 }, /containerd has 2 of 1000 restarts left/],
  ] as const) {
    const { result, commands } = await drillWith(t, options);
    t.match(result, { outcome: 'void', reason: why, judgement: null });
    t.notOk(isBroken(commands));
    t.notOk(isHealed(commands));
  }
});

t.test('a node that cannot be broken as planned proves nothing, and is healed', async (t) => {
  const { result, commands } = await drillWith(t, {}, { induce: [attempt('false'), run('false')] });
  t.match(result, { outcome: 'void', reason: /could not be broken as planned: false ended with 1: it is false/ });
  t.ok(isHealed(commands));
});

t.test('what has to be healed is on the disk before anything is broken', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-drill-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  let kept = '';
  const { target, clock } = createFakeNode({
    onRun: (argv) => {
      if (argv.includes('--signal=KILL')) kept = readFileSync(join(folder, 'heal.json'), 'utf8');
    },
  });
  const stage = { target, clock, units, load: 'cpu' as const, signal: new AbortController().signal };
  await drillOne({ ...stage, journal: createJournal(folder) }, failure);
  t.same(JSON.parse(kept), {
    target: 'lab',
    failure: 'containerd-killed',
    heal: [
      ['systemctl', 'start', 'containerd.service'],
      ['systemctl', 'stop', 'nodemend-drill-load.service'],
    ],
  });
  t.notOk(existsSync(join(folder, 'heal.json')));
});

t.test('Ctrl-C while it is watched heals the node', async (t) => {
  const abort = new AbortController();
  let looks = 0;
  const onRun = () => {
    looks += 1;
    if (looks === 40) abort.abort();
  };
  const { result, commands, journal } = await drillWith(t, { mendsAfterMs: null, onRun }, {}, abort);
  t.match(result, { outcome: 'void', reason: 'interrupted; the node was healed' });
  t.ok(isBroken(commands), 'it had been broken');
  t.ok(isHealed(commands));
  t.equal(journal.read(), null);
});
