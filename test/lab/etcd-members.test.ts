/**
 * The life of a real cluster by the words of an operator, with a writer at work all the time: created, grown, shrunk, a member replaced unasked, filled and
 * emptied, started anew with other settings, lost and restored. nodemend is killed in the middle of it and goes on.
 */
import type { Test } from 'tap';
import {
  configFile,
  configOf,
  createEtcdNode,
  dataOf,
  endpointOf,
  environmentOf,
  etcdCommand,
  fillUp,
  killedCommand,
  type MemberName,
  memberNames,
  readKeys,
  supervised,
  unitOf,
} from './harness/etcd-node.ts';
import { startWriter } from './harness/etcd-writer.ts';
import { labTest } from './harness/lab-test.ts';
import type { LabNode } from './harness/node.ts';
import { installNodemend } from './harness/nodemend.ts';

const three = ['m1', 'm2', 'm3'] as const;
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

function createOperator(node: LabNode) {
  const give = async (name: MemberName, ...words: string[]) => {
    const { code, stdout, stderr } = await etcdCommand(node, name, words);
    return { code, out: oneLine(stdout), err: oneLine(stderr) };
  };
  return {
    give,
    /** Ends well, or the test says what was said. */
    must: async (t: Test, name: MemberName, ...words: string[]): Promise<string> => {
      const { code, out, err } = await give(name, ...words);
      t.equal(code, 0, `${name}: ${words.join(' ')}: ${out} ${err}`);
      return out;
    },
    configure: (count: number): void => {
      for (const name of memberNames) node.write(configFile(name), configOf(name, memberNames.slice(0, count)), 0o600);
    },
    voters: async (): Promise<string[]> => {
      const { stdout } = await etcdCommand(node, 'm1', ['members', '--json']);
      const { cluster } = JSON.parse(stdout) as {
        cluster: { members: { name: string; learner: boolean; status: object | null }[] };
      };
      return cluster.members.flatMap((one) => (one.status !== null && !one.learner ? [one.name] : [])).toSorted();
    },
  };
}

labTest('a cluster is created, grown, shrunk, mended, lost and restored while it is written to', async (t, lab) => {
  const node = await createEtcdNode(lab);
  const { give, must, configure, voters } = createOperator(node);
  configure(3);
  // The daemon is that of m2's node. It would take a slow start for death after such a short time, so it runs only where it is asked for.
  const watched = { repair: 'act', deadAfter: '3s', every: '1s' };
  await installNodemend(node, { config: configOf('m2', three, watched) });
  await node.ok(['systemctl', 'stop', 'nodemend.service']);

  t.equal((await node.run(['systemd-analyze', 'verify', 'nodemend-etcd-repair.service'])).stderr, '');

  await t.test('created', async (t) => {
    t.match(await give('m1', 'create'), {
      code: 0,
      out: /1\. set how it joins: state new, with m1, m2, m3.*nothing was done yet/,
    });
    await Promise.all(three.map((name) => must(t, name, 'create', '--yes')));
    t.same(await voters(), [...three]);
    t.match(await give('m1', 'resize', '4'), { code: 2, err: /4 members are no good number/ });
  });
  const writer = startWriter(t, node, three.map(endpointOf));
  await writer.goesOn('the creation');

  await t.test('grown to five, killed on the way, and back to three', async (t) => {
    configure(5);
    t.match(
      await must(t, 'm4', 'resize', '5', '--yes'),
      /what is left is done on other nodes: m5: the same command there/,
    );
    await killedCommand(node, 'm5', ['resize', '5', '--yes'], /^add m5/m);
    t.match(await must(t, 'm5', 'resize', '5', '--yes'), /this was begun and interrupted.*the cluster has 5 voters/);
    t.same(await voters(), [...memberNames]);
    t.match(
      await must(t, 'm1', 'resize', '3', '--yes'),
      /take a snapshot remove m5.*remove m4.*the cluster has 3 voters/,
    );
    t.same(await voters(), [...three]);
    configure(3);
  });
  await writer.goesOn('the changes of size');

  await t.test(
    'a member whose data is gone is replaced unasked, and so when the one who does it is killed',
    async (t) => {
      await node.ok(['systemctl', 'stop', unitOf('m2')]);
      await node.ok(['rm', '-rf', dataOf('m2')]);
      // It begins empty, finds that it is a member already, and ends: as a crash, not as a stop by hand.
      await node.run(['systemctl', 'start', unitOf('m2')]);
      await node.ok(['systemctl', 'start', 'nodemend.service']);
      const repair = 'nodemend-etcd-repair.service';
      const hasSaid = async (line: RegExp): Promise<boolean> => line.test(await node.journal(repair));
      await node.waitFor(() => hasSaid(/: remove m2/), 90_000, 'the replacement of m2');
      // It may be through already; most times it is not, and systemd starts it again.
      await node.run(['systemctl', 'kill', '--signal=KILL', repair]);
      await node.waitFor(() => hasSaid(/: m2 votes and answers/), 90_000, 'the end of the replacement');
      await node.ok(['systemctl', 'stop', 'nodemend.service']);
      t.same(await voters(), [...three]);
    },
  );
  await writer.goesOn('the replacement');

  await t.test('all are started anew with other settings, one after another', async (t) => {
    for (const name of three) {
      node.write(environmentOf(name), `${node.read(environmentOf(name))}ETCD_SNAPSHOT_COUNT=5000\n`);
      const before = await node.mainPid(unitOf(name));
      t.match(
        await must(t, name, 'upgrade', '--yes'),
        new RegExp(`restart ${unitOf(name)}.*${name} runs 3\\.5\\.\\d+ as it is installed and set`),
      );
      t.not(await node.mainPid(unitOf(name)), before);
    }
  });
  await writer.goesOn('the upgrade');

  await t.test('a member that hangs is started anew, but not while the others need it for their quorum', async (t) => {
    node.write('/etc/nodemend/nodemend.yaml', supervised('m2'));
    await node.ok(['systemctl', 'start', 'nodemend.service']);
    const says = async (word: RegExp): Promise<boolean> =>
      word.test((await node.run(['nodemend', 'status', 'm2'])).stdout);
    await node.waitFor(() => says(/serves +vote +healthy/), 30_000, 'the first look at m2');
    const before = await Promise.all(three.map((name) => node.mainPid(unitOf(name))));
    for (const name of ['m2', 'm3'] as const) await node.ok(['systemctl', 'kill', '--signal=STOP', unitOf(name)]);
    await node.waitFor(() => says(/probe\.no-quorum/), 60_000, 'the word of the others');
    t.equal(await node.mainPid(unitOf('m2')), before[1], 'no quorum without it');
    await node.ok(['systemctl', 'kill', '--signal=CONT', unitOf('m3')]);
    const replaced = async (): Promise<boolean> => (await node.mainPid(unitOf('m2'))) !== before[1];
    await node.waitFor(replaced, 60_000, 'a new main process of m2');
    await node.waitFor(() => says(/ is healthy /), 60_000, 'm2 in health');
    const [one, , other] = await Promise.all(three.map((name) => node.mainPid(unitOf(name))));
    t.same([one, other], [before[0], before[2]], 'the others were left alone');
    t.match((await node.run(['nodemend', 'history', 'm2'])).stdout, /probe\.timeout +mended/);
    await node.ok(['systemctl', 'stop', 'nodemend.service']);
  });
  await writer.goesOn('the hang');

  await t.test('filled up to its quota, it takes writes again', async (t) => {
    await fillUp(node, 'm1');
    t.match(await give('m1', 'status'), { code: 1, out: /etcd\.no-space/ });
    const order =
      'compact the history.*(defragment m\\d.*){2}move the leadership to m\\d.*defragment m\\d.*disarm the alarm NOSPACE';
    t.match(await must(t, 'm1', 'disarm', '--yes'), new RegExp(`${order}.*the alarm NOSPACE is not raised`));
    t.match(await give('m1', 'status'), { code: 0 });
  });
  await writer.goesOn('NOSPACE');

  await t.test('nothing that was acknowledged is missing so far', async (t) => {
    const acknowledged = [...writer.acknowledged];
    const there = await readKeys(node, 'm1');
    t.same(
      acknowledged.filter(([number]) => !there.has(number)),
      [],
      `of ${acknowledged.length}`,
    );
  });

  await t.test('every member is lost, and the cluster is restored from the last backup', async (t) => {
    const backup = '/var/backups/last.db';
    await must(t, 'm1', 'snapshot', backup);
    await writer.goesOn('the backup');
    t.match(await give('m1', 'restore', backup, '--yes'), { code: 1, err: /has quorum and works/ });
    for (const name of three) await node.ok(['systemctl', 'kill', '--signal=KILL', unitOf(name)]);
    for (const name of three) await node.ok(['systemctl', 'stop', unitOf(name)]);
    await writer.end();
    await node.ok(['rm', '-rf', dataOf('m1'), dataOf('m3')]);
    await killedCommand(node, 'm2', ['restore', backup, '--yes'], /^set how it joins/m);
    const said = await Promise.all(three.map((name) => must(t, name, 'restore', backup, '--yes')));
    const revision = Number(/ends with revision (\d+)/.exec(said[0] ?? '')?.[1]);
    t.same(await voters(), [...three]);
    const there = await readKeys(node, 'm3');
    const expected = writer.acknowledged.filter(([, at]) => at <= revision);
    t.ok(
      expected.length > 0 && expected.length < writer.acknowledged.length,
      `revision ${revision} is told, and writes came later`,
    );
    t.same(
      expected.filter(([number]) => !there.has(number)),
      [],
      'all that was acknowledged up to it is there',
    );
    t.match(await node.ok(['ls', dataOf('m2')]), /member\.before-/, 'what was there before is kept');
  });
});

labTest("one member in Debian's own service is created, started anew and restored", async (t, lab) => {
  const node = await lab.node('solo');
  const config = { discover: false, etcd: { members: { solo: 'http://127.0.0.1:2380' } } };
  await installNodemend(node, { noWait: true, config: JSON.stringify(config) });
  node.write('/etc/default/etcd', '# mine\nETCD_INITIAL_ADVERTISE_PEER_URLS="http://127.0.0.1:2380"\n');
  const must = async (...words: string[]): Promise<string> =>
    oneLine(await node.ok(['nodemend', 'etcd', ...words], { timeoutMs: 60_000 }));
  t.match(await must('create', '--yes'), /1 of 1 members answer/);
  t.match(await must('upgrade', '--yes'), /nothing to do: solo runs 3\.5\.\d+ as it is installed and set/);
  await must('snapshot', '/root/one.db');
  await node.ok(['systemctl', 'stop', 'etcd.service']);
  t.match(await must('restore', '/root/one.db', '--yes'), /what was written later is lost; .*1 of 1 members answer/);
  t.match(await must('status'), /solo leader 3\.5\.\d+ .* 100000\d+ /);
  t.match(node.read('/etc/default/etcd'), /^# mine\n.*\n.*ETCD_INITIAL_CLUSTER_TOKEN="restored-[0-9a-f]{16}"\n$/s);
});
