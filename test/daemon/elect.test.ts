/** `nodemend elect` as it is used: real processes, a lock in a file, commands that end well, badly or not at all. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import { openStandIn } from '../adapters/kubernetes/stand-in.ts';
import { waitFor } from '../lab/harness/wait.ts';

const program = resolve(import.meta.dirname, '../../src/main.ts');

/** What is waited for here takes seconds, for leases have to run out. */
const patienceMs = 30_000;
const eventually = async (isTrue: () => boolean): Promise<void> =>
  void (await waitFor(isTrue, patienceMs, 'it to happen'));

t.jobs = 3;

interface Candidate {
  readonly pid: number;
  /** What it has said on standard error so far. */
  said(): string;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<{ readonly status: number | null; readonly err: string; readonly out: string }>;
}

/** A folder with a configuration whose one election, `boss`, is for all who stand in it. */
function createStage(t: Test, leaseDuration = '3s') {
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

type Stage = ReturnType<typeof createStage>;

const leads = (candidate: Candidate): Promise<void> => eventually(() => /this node leads/.test(candidate.said()));

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

/** Nobody has acted after somebody with a higher token. */
function noTwoActed(t: Test, { lines }: Stage): void {
  const tokens = lines().map(({ token }) => token);
  t.same(
    tokens,
    tokens.toSorted((a, b) => a - b),
    'after the first act of a leader there is none of an earlier one',
  );
}

t.test('the command has the words of its term, and its exit status is passed on', async (t) => {
  const { stand } = createStage(t);
  const said = stand('boss', '--', 'sh', '-c', 'env; exit 7');
  const { status, out, err } = await said.ended;
  t.equal(status, 7);
  t.match(out, /^NODEMEND_ELECTION=boss$/m);
  t.match(out, /^NODEMEND_IDENTITY=here_[0-9a-f-]{36}$/m);
  const [, token] = /^NODEMEND_FENCING_TOKEN=(\d+)$/m.exec(out) ?? [];
  t.match(err, new RegExp(`^nodemend: boss: this node leads \\(token ${token}\\)$`, 'm'));
  t.match(await stand('boss', '--', 'sh', '-c', 'kill -USR1 $$').ended, { status: 128 + 10 }, 'as a shell tells it');
});

t.test('it leads in its own name, whatever the daemon is called, and also where that only looks', async (t) => {
  const { stand, configure, folder } = createStage(t);
  configure(`lock: { file: { path: "${folder}/lock.db" } }, identity: me, campaign: false`);
  const { out } = await stand('boss', '--', 'printenv', 'NODEMEND_IDENTITY').ended;
  t.match(out, /^me_[0-9a-f-]{36}$/m);
});

t.test('a second one stands by, and runs its command once the first has ended and let go', async (t) => {
  const stage = createStage(t);
  const first = stage.stand('boss', '--', ...stage.actor('exit 3'));
  await stage.nextTerm();
  const second = stage.stand('boss', '--', ...stage.actor('exit 4'));
  await eventually(() => /stands by/.test(second.said()));
  first.kill('SIGINT');
  t.match(await first.ended, { status: 3, err: /leadership was given up in good order/ });
  await stage.nextTerm();
  second.kill('SIGTERM');
  t.match(await second.ended, { status: 4 });
  noTwoActed(t, stage);
});

t.test('one that does not lead ends at once and well', async (t) => {
  const { stand } = createStage(t);
  const leader = stand('boss', '--', 'sleep', '1000');
  await leads(leader);
  const other = stand('boss', '--', 'false');
  await eventually(() => /stands by/.test(other.said()));
  other.kill('SIGTERM');
  t.match(await other.ended, { status: 0 });
  leader.kill('SIGTERM');
  t.match(await leader.ended, { status: 128 + 15 });
});

t.test(
  'a command that ignores SIGTERM gets SIGKILL before the lock is let go of, and so does what it has started',
  async (t) => {
    const stage = createStage(t);
    const [shell, flag, script = ''] = stage.actor('');
    const first = stage.stand('boss', '--', shell ?? '', flag ?? '', `trap '' TERM; (${script}) & ${script}`);
    const { pid } = await stage.nextTerm();
    const second = stage.stand('boss', '--', ...stage.actor('exit 4'));
    await eventually(() => /stands by/.test(second.said()));
    first.kill('SIGTERM');
    await stage.nextTerm();
    t.ok(isGone(pid));
    t.match(await first.ended, { status: 128 + 9 });
    second.kill('SIGTERM');
    await second.ended;
    noTwoActed(t, stage);
  },
);

for (const [what, signal] of [
  ['killed', 'SIGKILL'],
  ['frozen', 'SIGSTOP'],
] as const) {
  t.test(`of one that is ${what} the command ends before another may lead, although it ignores SIGTERM`, async (t) => {
    // On a busy machine everything is late by a second.
    const stage = createStage(t, '5s');
    const first = stage.stand('boss', '--', ...stage.actor(''));
    const { pid } = await stage.nextTerm();
    const second = stage.stand('boss', '--', ...stage.actor('exit 4'));
    await eventually(() => /stands by/.test(second.said()));
    first.kill(signal);
    await stage.nextTerm();
    t.ok(isGone(pid), 'and not by the hand of the one that ran it');
    if (signal === 'SIGSTOP') {
      first.kill('SIGCONT');
      second.kill('SIGTERM');
      t.ok((await stage.nextTerm()).pid !== pid, 'thawed it stands again, and runs the command anew when it leads');
      first.kill('SIGTERM');
      await first.ended;
    }
    noTwoActed(t, stage);
  });
}

t.test('without its guard the command is ended, and nodemend says so', async (t) => {
  const stage = createStage(t);
  const one = stage.stand('boss', '--', ...stage.actor(''));
  const { guard, pid } = await stage.nextTerm();
  process.kill(guard, 'SIGKILL');
  t.match(await one.ended, { status: 1, err: /the process that guards the command is gone; the command was killed/ });
  await eventually(() => isGone(pid));
});

t.test('one sentence for what cannot be', async (t) => {
  const { stand, folder, configure } = createStage(t);
  t.match(await stand('bos', '--', 'true').ended, {
    status: 2,
    err: 'unknown election "bos": known are boss\n',
  });
  t.match(await stand('boss').ended, { status: 2, err: /missing required argument 'command'/ });
  t.match(await stand('boss', '--', 'no-such-program').ended, {
    status: 2,
    err: 'cannot run "no-such-program": ENOENT; give a program that may be run after --\n',
  });
  t.match(await stand('boss', '--', './nodemend.yaml').ended, {
    status: 2,
    err: /^cannot run "\.\/nodemend\.yaml": E/,
  });
  t.match(await stand('--help').ended, {
    status: 0,
    out: /Usage: nodemend elect \[options\] <name> -- <command\.\.\.>/,
  });
  configure(`lock: { file: { path: "${folder}/none/lock.db" } }`);
  t.match(await stand('boss', '--', 'true').ended, {
    status: 1,
    err: /^nodemend: boss: the lock cannot be used as it is configured \(.*none\/lock\.db: unable to open database file\)$/m,
  });
  configure('leaseDuration: 10s');
  t.match(await stand('boss', '--', 'true').ended, {
    status: 2,
    err: /leaseDuration must be longer than renewDeadline/,
  });
});

t.test('a Lease that is not ours to take ends it with a sentence, and is left as it is', async (t) => {
  const { stand, configure, folder } = createStage(t);
  const standIn = await openStandIn();
  t.teardown(() => standIn.close());
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    `clusters: [{ name: c, cluster: { server: "${standIn.url}" } }]
users: [{ name: u, user: { token: admintoken } }]
contexts: [{ name: x, context: { cluster: c, user: u, namespace: default } }]
current-context: x
`,
  );
  configure(`lock: { kubernetes: { kubeconfig: "${kubeconfig}" } }`);
  const heartbeat = { holderIdentity: 'worker-1', leaseDurationSeconds: 40, renewTime: '2026-12-01T00:00:00.000000Z' };
  standIn.put({ metadata: { name: 'boss', namespace: 'default' }, spec: heartbeat });
  const before = JSON.stringify(standIn.leases());
  t.match(await stand('boss', '--', 'true').ended, {
    status: 1,
    err: /^nodemend: boss: what lies in the lock is not an election's/m,
  });
  t.equal(JSON.stringify(standIn.leases()), before);
  standIn.set('forbid');
  t.match(await stand('boss', '--', 'true').ended, {
    status: 1,
    err: /^nodemend: boss: the lock refuses us: credentials, certificates or permissions \(.*is forbidden/m,
  });
});

t.test('a lock that does not answer is waited for, and said so once', async (t) => {
  const { stand, configure } = createStage(t);
  configure('lock: { etcd: { endpoints: ["http://127.0.0.1:1"] } }, retryPeriod: 100ms');
  const one = stand('boss', '--', 'false');
  await eventually(() => /the lock cannot be reached/.test(one.said()));
  one.kill('SIGTERM');
  const { status, err } = await one.ended;
  t.equal(status, 0);
  t.equal(err.match(/cannot be reached/g)?.length, 1);
});
