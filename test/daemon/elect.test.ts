/** `nodemend elect` as it is used: commands that end by themselves or are told to, and what cannot be. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openStandIn } from '../adapters/kubernetes/stand-in.ts';
import { createStage, eventually, leads, noTwoActed } from './elect-stage.ts';

t.jobs = 3;

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
