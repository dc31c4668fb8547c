/** What NOSPACE takes, on real members: compacted, defragmented one after another, disarmed; by the words of an operator, who sees the plan first. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createReach } from '../../src/adapters/etcd/access.ts';
import { put } from '../../src/adapters/grpc/protos/etcd.ts';
import { record } from '../cli/recorder.ts';
import { createEtcd } from './harness/etcd.ts';
import { skipWithoutLab } from './harness/lab-test.ts';

const reach = createReach();

t.test('a full cluster takes writes again', { timeout: 300_000, skip: skipWithoutLab() }, async (t) => {
  const { members, access, folder } = await createEtcd(t, { count: 3, flags: ['--quota-backend-bytes=16000000'] });
  process.env['STATE_DIRECTORY'] = mkdtempSync(join(folder, 'state-'));
  t.teardown(() => delete process.env['STATE_DIRECTORY']);
  const config = join(folder, 'nodemend.yaml');
  writeFileSync(
    config,
    JSON.stringify({ etcd: { endpoints: access.endpoints }, backup: { directory: join(folder, 'backups') } }),
  );
  const { etcdMembersHere, etcdWorkHere } = await import('../../src/etcd-work-here.ts');
  const say = async (work: (io: ReturnType<typeof record>) => Promise<number>) => {
    const io = record();
    const status = await work(io);
    return { status, out: io.said.out.replaceAll(/\s+/g, ' '), err: io.said.err.replaceAll(/\s+/g, ' ') };
  };
  const write = (key: string, bytes: number) =>
    reach(members[0].endpoint, access, 20_000, (remote, signal) =>
      remote.call(put, { key: Buffer.from(key), value: Buffer.alloc(bytes, 'x'), lease: '0' }, signal),
    );

  t.match(await say((io) => etcdMembersHere({ config }, io)), { status: 0, out: /m1 .*m2 .*m3/ });
  t.match(await say((io) => etcdWorkHere({ config, yes: true }, { command: 'disarm' }, io)), {
    status: 0,
    out: /nothing to do: the alarm NOSPACE is not raised/,
  });
  await t.rejects(
    (async () => {
      for (;;) await write('one key', 1_000_000);
    })(),
    { message: /database space exceeded/ },
  );
  const plan = await say((io) => etcdWorkHere({ config }, { command: 'disarm' }, io));
  t.match(plan, {
    status: 0,
    out: /1\. compact the history up to revision \d+, .*2\. defragment m\d.*3\. defragment m\d.*4\. move the leadership to m\d.*5\. defragment m\d.*6\. disarm the alarm NOSPACE.*nothing was done yet/,
  });
  await t.rejects(write('a key', 10), { message: /database space exceeded/ });
  const done = await say((io) => etcdWorkHere({ config, yes: true }, { command: 'disarm' }, io));
  t.match(done, { status: 0, out: /disarm the alarm NOSPACE the alarm NOSPACE is not raised/ });
  await write('a key', 10);
});
