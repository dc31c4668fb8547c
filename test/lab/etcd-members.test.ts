/** The life of a real cluster by the words of an operator, with a writer at work all the time: created, grown, shrunk, a member replaced, filled, upgraded, lost and restored. */
import {
  configFile,
  configOf,
  createEtcdNode,
  etcdCommand,
  type MemberName,
  memberNames,
} from './harness/etcd-node.ts';
import { labTest } from './harness/lab-test.ts';
import { installNodemend } from './harness/nodemend.ts';

labTest('a cluster is created, grown, shrunk and mended while it is written to', async (t, lab) => {
  const node = await createEtcdNode(lab);
  await installNodemend(node, { noWait: true });
  const began = Date.now();
  const give = async (name: MemberName, ...words: string[]) => {
    const { code, stdout, stderr } = await etcdCommand(node, name, words);
    t.comment(`${Math.round((Date.now() - began) / 1000)} s ${name} ${words.join(' ')}: ${code}\n${stdout}${stderr}`);
    return { code, out: stdout.replaceAll(/\s+/g, ' '), err: stderr.replaceAll(/\s+/g, ' ') };
  };
  const three = ['m1', 'm2', 'm3'] as const;
  const configure = (count: number) => {
    for (const name of memberNames) node.write(configFile(name), configOf(name, memberNames.slice(0, count)), 0o600);
  };
  configure(3);
  await Promise.all(three.map((name) => give(name, 'create', '--yes')));
  configure(5);
  await give('m4', 'resize', '5');
  await give('m4', 'resize', '5', '--yes');
  await give('m5', 'resize', '5', '--yes');
  await give('m1', 'resize', '3');
  await give('m1', 'resize', '3', '--yes');
  configure(3);
  await node.ok(['systemctl', 'kill', '--signal=KILL', 'etcd-m2.service']);
  await node.ok(['rm', '-rf', '/var/lib/etcd/m2']);
  await give('m2', 'replace', '--yes');
  await give('m1', 'members');
  await node.ok(['sh', '-c', 'echo ETCD_SNAPSHOT_COUNT=5000 >> /etc/default/etcd-m1']);
  await give('m1', 'upgrade', '--yes');
  await give('m1', 'snapshot', '/root/last.db');
  for (const name of three) await node.ok(['systemctl', 'stop', `etcd-${name}.service`]);
  await node.ok(['rm', '-rf', '/var/lib/etcd/m2']);
  await Promise.all(three.map((name) => give(name, 'restore', '/root/last.db', '--yes')));
  await give('m1', 'members');
});
