/** `nodemend elect` as a process, over a lock in a file, with commands that write what they do to one file. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Test } from 'tap';
import { waitFor } from '../lab/harness/wait.ts';

const program = resolve(import.meta.dirname, '../../src/main.ts');

/** What is waited for here takes seconds, for leases have to run out. */
const patienceMs = 30_000;
export const eventually = async (isTrue: () => boolean): Promise<void> =>
  void (await waitFor(isTrue, patienceMs, 'it to happen'));

export interface Candidate {
  readonly pid: number;
  /** What it has said on standard error so far. */
  said(): string;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<{ readonly status: number | null; readonly err: string; readonly out: string }>;
}

/** A folder with a configuration whose one election, `boss`, is for all who stand in it. */
export function createStage(t: Test, leaseDuration = '3s') {
  const folder = mkdtempSync(join(tmpdir(), 'elect-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'nodemend.yaml');
  const database = join(folder, 'lock.db');
  const acts = join(folder, 'acts');
  const configure = (election: string): void =>
    writeFileSync(file, `node: here\nelections: { boss: { ${election} } }\n`);
  configure(
    `lock: { file: { path: "${database}" } }, leaseDuration: ${leaseDuration}, renewDeadline: 1500ms, retryPeriod: 200ms`,
  );

  function stand(...words: readonly string[]): Candidate {
    const argv = ['-i', `PATH=${process.env['PATH']}`, process.execPath, program, 'elect', '--config', file, ...words];
    const child = spawn('env', argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    // Not the end of its output, which a command that is left over would hold open.
    const ended = new Promise<number | null>((told) => child.once('exit', told)).then(async (status) => {
      await eventually(() => child.stderr.readableEnded || child.signalCode !== null);
      return { status, err, out };
    });
    t.teardown(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    return { pid: child.pid ?? 0, said: () => err, kill: (signal) => void child.kill(signal), ended };
  }

  /** A command that writes its token to the acts again and again. `trap`: what it does about SIGTERM. */
  const actor = (trap: string): string[] => [
    'sh',
    '-c',
    `trap '${trap}' TERM; while :; do echo "$NODEMEND_FENCING_TOKEN $PPID $$" >> ${acts}; sleep 0.02; done`,
  ];
  const lines = (): { readonly token: number; readonly guard: number; readonly pid: number }[] =>
    (existsSync(acts) ? readFileSync(acts, 'utf8').trim().split('\n') : []).map((line) => {
      const [token = 0, guard = 0, pid = 0] = line.split(' ').map(Number);
      return { token, guard, pid };
    });
  let last = { token: 0, guard: 0, pid: 0 };
  /** Resolves to the first act of the next term, once there is one. */
  async function nextTerm(): Promise<typeof last> {
    const { token: before } = last;
    last = await waitFor(() => lines().find(({ token }) => token > before), patienceMs, 'the next term');
    return last;
  }
  return { folder, configure, stand, actor, lines, nextTerm };
}

export type Stage = ReturnType<typeof createStage>;

export const leads = (candidate: Candidate): Promise<void> =>
  eventually(() => /this node leads/.test(candidate.said()));

export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

/** Nobody has acted after somebody with a higher token. */
export function noTwoActed(t: Test, { lines }: Stage): void {
  const tokens = lines().map(({ token }) => token);
  t.same(
    tokens,
    tokens.toSorted((a, b) => a - b),
    'after the first act of a leader there is none of an earlier one',
  );
}
