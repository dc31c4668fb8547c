/** The demo as a user runs it: a child process whose output is read, and of which nothing is left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { skipWithoutLab } from './harness/lab-test.ts';
import { tracesOf } from './harness/traces.ts';
import { waitFor } from './harness/wait.ts';

interface Run {
  readonly child: ChildProcess;
  text(): string;
  /** Resolves to the exit status. */
  readonly ended: Promise<number | null>;
}

function startDemo(words: readonly string[]): Run {
  const program = fileURLToPath(new URL('../demo/demo.ts', import.meta.url));
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (piece: Buffer) => {
    text += piece.toString();
  });
  return { child, text: () => text, ended: once(child, 'exit').then(([code]) => code as number | null) };
}

const labOf = (text: string): string => /\(lab ([0-9a-f]+)\)/.exec(text)?.[1] ?? 'none';

t.test(
  'the demo breaks what it is told to, shows each come back and leaves nothing behind',
  { timeout: 600_000, skip: skipWithoutLab() },
  async (t) => {
    const demo = startDemo(['--faults', 'kill-containerd,kill-kubelet']);
    t.equal(await demo.ended, 0);
    const text = demo.text();
    t.match(text, /^status page: http:\/\/127\.0\.0\.1:\d+\/$/m);
    t.match(text, /^ +\+\d+\.\d{3} s {2}nodemend {2}containerd: incident recovered after /m);
    t.match(text, /^ +\+\d+\.\d{3} s {2}systemd {3}kubelet\.service has a new main process, \d+$/m);
    t.match(text, /^ +\+\d+\.\d{3} s {2}client {4}containerd answers: ctr /m);
    t.match(text, /^FAULT +SYSTEMD ALONE +NEW PROCESS +VERIFIED$/m);
    t.match(text, /^containerd killed +5s \(RestartSec\) +\d+\.\d{3} s +\d+\.\d{3} s$/m);
    t.match(text, /^kubelet killed +10s \(RestartSec\) +\d+\.\d{3} s +\d+\.\d{3} s$/m);
    t.match(text, /^the container ran through all of it, as the same process$/m);
    t.notMatch(text, '\u001b', 'no colours where there is no terminal');
    t.same(tracesOf(labOf(text)), []);
  },
);

t.test(
  'Ctrl-C in the middle of a fault ends the demo and leaves nothing behind',
  { timeout: 600_000, skip: skipWithoutLab() },
  async (t) => {
    const demo = startDemo(['--faults', 'freeze-kubelet']);
    await waitFor(() => demo.text().includes('SIGSTOP to process'), 300_000, 'the fault');
    t.not(tracesOf(labOf(demo.text())).length, 0);
    demo.child.kill('SIGINT');
    t.equal(await demo.ended, 130);
    t.same(tracesOf(labOf(demo.text())), []);
  },
);
