/** Packages are replaced under a lock: nothing is touched meanwhile, and what a stopped dependency took along is back afterwards. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { labTest } from './harness/lab-test.ts';
import type { LabNode } from './harness/node.ts';
import { awaitNewMain, strike } from './harness/strike.ts';
import { bootWorker } from './harness/worker.ts';

const GO = '/run/lab-upgrade-goes-on';

/** Stops containerd, holds dpkg and its lock until the test lets it go on, and starts it again when the files are replaced. */
const PREINST = `#!/bin/sh
set -e
deb-systemd-invoke stop containerd.service
tries=0
until [ -e ${GO} ] || [ $tries -ge 1200 ]; do tries=$((tries + 1)); sleep 0.1; done
`;
const POSTINST = `#!/bin/sh
set -e
systemctl daemon-reload
deb-systemd-invoke start containerd.service
`;

const versionOf = async (node: LabNode): Promise<string> =>
  (await node.ok(['dpkg-query', '--show', 'containerd'])).trim().split('\t')[1] ?? '';

/** Makes a newer version of the node's containerd package from its own files. Resolves to the path on the node. */
async function makeNewerContainerd(node: LabNode): Promise<{ path: string; version: string }> {
  const folder = '/root/newer';
  const version = `${await versionOf(node)}+lab1`;
  const architecture = (await node.ok(['dpkg', '--print-architecture'])).trim();
  const fields = {
    Package: 'containerd',
    Version: version,
    Architecture: architecture,
    Maintainer: 'the nodemend lab <root@localhost>',
    Description: 'the containerd of this node under a newer version',
  };
  const listed = (await node.ok(['dpkg', '-L', 'containerd'])).trim().split('\n');
  const files: string[] = [];
  for (const file of listed) if ((await node.run(['test', '-d', file])).code !== 0) files.push(file);
  await node.ok(['mkdir', '-p', `${folder}/DEBIAN`]);
  await node.ok(['cp', '--parents', '--no-dereference', ...files, folder], { timeoutMs: 60_000 });
  const control = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`);
  node.write(`${folder}/DEBIAN/control`, control.join(''));
  node.write(`${folder}/DEBIAN/preinst`, PREINST, 0o755);
  node.write(`${folder}/DEBIAN/postinst`, POSTINST, 0o755);
  await node.ok(['dpkg-deb', '-Znone', '--build', folder, `${folder}.deb`], { timeoutMs: 60_000 });
  return { path: `${folder}.deb`, version };
}

const dropIn = (root: string, unit: string, text: string): void => {
  mkdirSync(`${root}/etc/systemd/system/${unit}.d`, { recursive: true });
  writeFileSync(`${root}/etc/systemd/system/${unit}.d/lab.conf`, text);
};

labTest(
  'nothing is touched during an upgrade, and what went down with containerd is back afterwards',
  async (t, lab) => {
    const worker = await bootWorker(lab, {
      enable: ['etcd.service'],
      prepare: (root) => {
        dropIn(root, 'docker.service', '[Unit]\nRequires=containerd.service\n');
        dropIn(root, 'etcd.service', '[Service]\nRestart=no\n');
      },
    });
    const { node } = worker;
    const newer = await makeNewerContainerd(node);
    const witness = await node.witness();
    const agent = await node.busNames('nodemend.service');

    const installing = node.ok(['dpkg', '--install', newer.path], { timeoutMs: 300_000 });
    const isUnderWay = async () => {
      const { upgrading } = await worker.status();
      const { phase, reason } = await worker.component('docker');
      return upgrading === 'dpkg' && phase === 'stopped' && reason === 'unit.stopped-by-dependency';
    };
    await node.waitFor(isUnderWay, 60_000, 'the agent to see the upgrade');

    // What would be started at once at any other time.
    await strike(node, 'etcd.service', 'SIGKILL');
    const kubelet = await awaitNewMain(witness, await strike(node, 'kubelet.service', 'SIGKILL'), 60_000);
    t.ok(kubelet.afterMs > 10_000, 'a crash during the upgrade is left to systemd, which takes 10 s');
    t.same(witness.deeds({ sender: agent }), [], 'nothing was touched');
    t.equal(await node.mainPid('etcd.service'), 0);
    t.equal(await node.mainPid('docker.service'), 0);

    node.write(GO, '');
    await installing;
    t.equal(await versionOf(node), newer.version);
    await worker.awaitWell();
    const isBack = async () => (await worker.component('etcd')).phase === 'healthy';
    await node.waitFor(isBack, 60_000, 'etcd to be back');
    const started = witness.deeds({ sender: agent }).filter(({ member }) => member !== 'ResetFailedUnit');
    const told = started.map(({ member, args }) => `${member} ${(args as string[])[0]}`);
    t.same(told.sort(), ['StartUnit docker.service', 'StartUnit etcd.service']);
    await node.ok(['docker', 'version']);
  },
);
