/** A socket that is gone cannot be opened by anybody, and a restart makes a new one. A socket closed to us says nothing of the others. */
import { labTest } from './harness/lab-test.ts';
import { bootWorker, type Worker } from './harness/worker.ts';

const CONTAINERD = '/run/containerd/containerd.sock';
const DOCKER = '/run/docker.sock';
/** More looks than a window holds, and over more than the least time of a hang. */
const LOOKS = 8;

const unseen = (worker: Worker, component: string, probe: string): Promise<number | null> =>
  worker.metric(`nodemend_probe_observations_total{component="${component}",probe="${probe}",verdict="unknown"}`);

labTest('a deleted socket is made anew by one restart, an unreadable one by none', async (t, lab) => {
  const worker = await bootWorker(lab);
  const { node } = worker;
  const witness = await node.witness();
  const agent = await node.busNames('nodemend.service');
  const before = await worker.runs();

  await node.ok(['chmod', '0', DOCKER]);
  await node.ok(['rm', CONTAINERD]);

  await t.test('the deleted one', async (t) => {
    const isBack = async () => {
      const { phase, restarts } = await worker.component('containerd');
      return phase === 'healthy' && restarts.nodemend === 1;
    };
    await node.waitFor(isBack, 90_000, 'containerd to have been restarted');
    const deeds = witness.deeds({ sender: agent });
    t.match(deeds, [{ member: 'RestartUnit', args: ['containerd.service', 'replace'] }], 'one restart, no kill');
    t.equal(deeds.length, 1);
    await node.ok(['ctr', 'version']);
    t.match(await worker.incidents(), [{ component: 'containerd', cause: 'probe.no-socket', recovered: true }]);
  });

  await t.test('the unreadable ones', async (t) => {
    await node.ok(['chmod', '0', CONTAINERD]);
    const seen = (await unseen(worker, 'containerd', 'version')) ?? 0;
    const isLookedAt = async () => ((await unseen(worker, 'containerd', 'version')) ?? 0) >= seen + LOOKS;
    await node.waitFor(isLookedAt, 90_000, `${LOOKS} looks at containerd`);
    t.ok(((await unseen(worker, 'docker', 'ping')) ?? 0) >= LOOKS);
    for (const name of ['containerd', 'docker']) {
      const { probes } = await worker.component(name);
      const vote = probes.find(({ role, name: probe }) => role === 'vote' && probe !== 'unit');
      t.match(vote, { verdict: 'unknown', reason: 'probe.denied' }, name);
    }
    // Under pressure its start-up grace, in which it counts as starting, is longer.
    const isUnknown = async () => (await worker.component('docker')).phase === 'unknown';
    await node.waitFor(isUnknown, 180_000, 'docker to be unknown');
    t.equal(witness.deeds({ sender: agent }).length, 1, 'nothing more was done');
    const { 'docker.service': docker } = await worker.runs();
    t.equal(docker, before['docker.service']);
    t.match((await worker.status()).ready, { ready: true }, 'what cannot be seen is not held against the node');

    await node.ok(['chmod', '660', CONTAINERD, DOCKER]);
    await worker.awaitWell();
    t.equal(witness.deeds({ sender: agent }).length, 1);
  });

  await t.test('a deleted one that systemd listens on for the service', async (t) => {
    witness.clear();
    await node.ok(['rm', DOCKER]);
    const isBack = async () => {
      const { phase, restarts } = await worker.component('docker');
      return phase === 'healthy' && restarts.nodemend === 1;
    };
    await node.waitFor(isBack, 90_000, 'docker to have been restarted');
    const deeds = witness.deeds({ sender: agent }).map(({ member, args }) => [member, (args as string[])[0]]);
    t.same(deeds, [
      ['RestartUnit', 'docker.socket'],
      ['RestartUnit', 'docker.service'],
    ]);
    await node.ok(['docker', 'version']);
  });
});
