/** The command line: what is said, asked and refused before a node is touched, and what is left on the disk. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createJournal } from '../../src/drill/journal.ts';
import { drill } from '../../src/drill/program.ts';
import type { World } from '../../src/drill/world.ts';
import { createFakeNode, type FakeOptions } from './fake-node.ts';

function setUp(t: Test, options: FakeOptions = {}, agrees = false) {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-drill-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const fake = createFakeNode(options);
  const said = { out: '', err: '' };
  const guarded: string[] = [];
  const world: World = {
    io: {
      out: (text) => {
        said.out += text;
      },
      err: (text) => {
        said.err += text;
      },
      isTerminal: false,
      columns: 80,
      color: false,
    },
    clock: fake.clock,
    now: () => '2026-01-01T00:00:00.000Z',
    signal: new AbortController().signal,
    open: async () => fake.target,
    confirm: async () => agrees,
    guard: (report) => void guarded.push(report),
    alone: async () => undefined,
  };
  const say = (...argv: string[]) => drill([...argv, '--report', folder], world);
  return { say, said, folder, guarded, commands: fake.commands };
}

const isBroken = (commands: readonly string[]): boolean => commands.some((line) => line.includes('--signal=KILL'));

t.test('a disposable node is broken without a question, and the reports are there', async (t) => {
  const { say, said, folder, commands, guarded } = setUp(t);
  t.equal(await say('run', 'containerd-killed', 'kubelet-killed', '--target', 'lab'), 0);
  t.match(said.out, /Your node recovers from 2 of 2 failures; slowest \d+ ms\./);
  t.match(said.out, /passed kubelet-killed: recovered after/);
  for (const file of ['report.html', 'junit.xml', 'report.json']) t.ok(existsSync(join(folder, file)), file);
  t.match(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')), { seed: 1, load: 'idle', target: 'lab' });
  t.same(guarded, [], 'a lab has a guard of its own');
  t.equal(commands.at(-1), 'closed');
});

t.test('a node on which nobody mends fails', async (t) => {
  const { say, said } = setUp(t, { mendsAfterMs: null });
  t.equal(await say('run', 'kubelet-killed', '--target', 'lab'), 1);
  t.match(said.out, /recovers from 0 of 1 failures/);
});

t.test('another node is shown the plan and left alone when its operator does not agree', async (t) => {
  const { say, said, commands } = setUp(t, { disposable: false }, false);
  t.equal(await say('run', 'containerd-frozen', '--target', 'local'), 2);
  t.match(said.out, /breaks: systemctl kill --kill-whom=main --signal=STOP containerd\.service/);
  t.match(said.out, /heals: {2}systemctl kill --kill-whom=main --signal=CONT containerd\.service/);
  t.match(said.err, /nothing was touched/);
  t.notOk(isBroken(commands));
});

t.test('it is broken when its operator agrees, or said --yes, under a guard', async (t) => {
  for (const [agrees, words] of [
    [true, []],
    [false, ['--yes']],
  ] as const) {
    const { say, commands, guarded, folder } = setUp(t, { disposable: false }, agrees);
    t.equal(await say('run', 'kubelet-killed', '--target', 'local', ...words), 0);
    t.ok(isBroken(commands));
    t.same(guarded, [folder]);
  }
});

t.test('a node without nodemend, or without what a failure needs, is told before anything is touched', async (t) => {
  const dumb = setUp(t, { answers: false });
  t.equal(await dumb.say('run', 'kubelet-killed', '--target', 'lab'), 2);
  t.match(dumb.said.err, /cannot drill lab: no nodemend answers there/);
  const poor = setUp(t, { without: ['prlimit'] });
  t.equal(await poor.say('run', 'containerd-out-of-files', 'etcd-killed', '--target', 'lab'), 2);
  t.match(poor.said.err, /containerd-out-of-files: the node lacks the program prlimit/);
  t.match(poor.said.err, /etcd-killed: the node lacks etcd\.service under nodemend's supervision/);
  for (const { commands } of [dumb, poor]) t.notOk(isBroken(commands));
});

t.test('every mistake in the words is told at once', async (t) => {
  const { say, said } = setUp(t);
  t.equal(await say('run', 'x', '--target', 'ssh:-oProxyCommand=x', '--load', 'heavy', '--seed=-1'), 2);
  for (const word of ['no target "ssh:-oProxyCommand=x"', 'no load "heavy"', 'seed "-1"']) t.match(said.err, word);
  const second = setUp(t);
  t.equal(await second.say('run', 'no-such', '--category', 'nothing', '--target', 'lab'), 2);
  t.match(second.said.err, 'there is no failure "no-such"');
  t.match(second.said.err, 'there is no category "nothing"');
  const third = setUp(t);
  t.equal(await third.say('run'), 2);
  t.match(third.said.err, 'where? --target lab, local or ssh:HOST');
  t.equal(await setUp(t).say('walk'), 2);
  t.equal(await setUp(t).say('run', '--no-such-option'), 2);
});

t.test('the list is for people and for programs', async (t) => {
  const { say, said } = setUp(t);
  t.equal(await say('list'), 0);
  t.match(
    said.out,
    /^containerd-killed +process +containerd gets SIGKILL: containerd\.service runs anew, by nodemend$/m,
  );
  const json = setUp(t);
  t.equal(await json.say('list', '--json'), 0);
  t.match(JSON.parse(json.said.out)[0], { name: 'containerd-killed', category: 'process', withinMs: 5_000 });
});

t.test('what a killed drill left broken is healed, and until then no other drill begins', async (t) => {
  const { say, said, folder, commands } = setUp(t);
  createJournal(folder).write({ target: 'local', failure: 'bus-frozen', heal: [['systemctl', 'thaw', 'x.service']] });
  t.equal(await say('run', 'kubelet-killed', '--target', 'lab'), 2);
  t.match(said.err, /local is still broken by bus-frozen: nodemend-drill heal/);
  t.notOk(isBroken(commands));
  t.equal(await say('heal'), 0);
  t.ok(commands.includes('systemctl thaw x.service'));
  t.match(said.out, /local is healed of bus-frozen/);
  t.equal(await say('heal'), 0);
  t.match(said.out, /nothing is left to heal/);
});
