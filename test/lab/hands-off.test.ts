/** What an operator decided stands: stopped, masked, disabled, paused. An exit that nobody asked for is no such decision. */
import { labTest } from './harness/lab-test.ts';
import { awaitNewMain, strike } from './harness/strike.ts';
import type { BusMessage } from './harness/witness.ts';
import { bootWorker, type Worker } from './harness/worker.ts';

type Shown = readonly (readonly [name: string, phase: string, reason: string])[];

/** Resolves once the agent reports these phases and reasons. */
async function awaitShown(worker: Worker, shown: Shown): Promise<void> {
  const isShown = async () => {
    const { components } = await worker.status();
    const wrong = shown.filter(([name, phase, reason]) => {
      const found = components.find((component) => component.name === name);
      return found?.phase !== phase || found.reason !== reason;
    });
    if (wrong.length > 0)
      throw new Error(JSON.stringify(components.map(({ name, phase, reason }) => [name, phase, reason])));
    return true;
  };
  await worker.node.waitFor(isShown, 60_000, JSON.stringify(shown));
}

const calls = (deeds: readonly BusMessage[]) => deeds.map(({ member, args }) => [member, (args as string[])[0]]);

labTest('what exits by itself is brought back, what an operator decided is left alone', async (t, lab) => {
  const worker = await bootWorker(lab);
  const { node } = worker;
  const witness = await node.witness();
  const agent = await node.busNames('nodemend.service');

  await t.test('exit 0 under Restart=on-failure is brought back', async (t) => {
    node.write('/etc/systemd/system/kubelet.service.d/on-failure.conf', '[Service]\nRestart=on-failure\n');
    await node.ok(['systemctl', 'daemon-reload']);
    const before = await node.mainPid('kubelet.service');
    await worker.kubelet.exit(0);
    const isBack = async () => ![0, before].includes(await node.mainPid('kubelet.service'));
    await node.waitFor(isBack, 30_000, 'the kubelet to be back');
    t.same(calls(witness.deeds({ sender: agent })), [['StartUnit', 'kubelet.service']]);
    t.equal((await node.unit('kubelet.service'))['NRestarts'], '0', 'it was not systemd');
    await worker.awaitWell();
    t.match(await worker.incidents(), [{ component: 'kubelet', cause: 'unit.exited', recovered: true }]);
  });

  await t.test('stopped, masked, disabled and paused units are left alone and reported', async (t) => {
    await node.ok(['systemctl', 'start', 'etcd.service']);
    await awaitShown(worker, [['etcd', 'healthy', 'component.healthy']]);
    witness.clear();
    await node.ok(['nodemend', 'pause', 'containerd', '--for', '30m', '--reason', 'maintenance']);
    await node.ok(['systemctl', 'mask', '--now', 'etcd.service']);
    await node.ok(['systemctl', 'stop', 'docker.service']);
    await node.ok(['systemctl', 'disable', '--now', 'kubelet.service']);
    // Nothing but the pause stands in the way of starting it at once. What systemd does by itself takes it 5 s: time enough for
    // everything that must not happen.
    const struck = await strike(node, 'containerd.service', 'SIGKILL');
    const { afterMs } = await awaitNewMain(witness, struck, 60_000);
    t.ok(afterMs > 5_000, 'the crash of a paused unit is left to systemd');
    const shown = [
      ['containerd', 'paused', 'pause.set'],
      ['docker', 'stopped', 'unit.stopped'],
      ['kubelet', 'stopped', 'unit.disabled'],
      ['etcd', 'masked', 'unit.masked'],
    ] as const;
    await awaitShown(worker, shown);
    t.same(witness.deeds({ sender: agent }), [], 'nodemend did nothing');
    for (const unit of ['docker.service', 'kubelet.service', 'etcd.service']) t.equal(await node.mainPid(unit), 0);
    const said = await node.run(['nodemend', 'status']);
    for (const [name, phase] of shown) t.match(said.stdout, new RegExp(`^${name} +${phase} `, 'm'));
    t.match(said.stdout, /maintenance/);
  });

  await t.test('started, unmasked, enabled and resumed they are supervised again', async (t) => {
    await node.ok(['nodemend', 'resume', 'containerd']);
    await node.ok(['systemctl', 'unmask', 'etcd.service']);
    await node.ok(['systemctl', 'start', 'etcd.service', 'docker.service']);
    await node.ok(['systemctl', 'enable', '--now', 'kubelet.service']);
    await worker.awaitWell();
    await awaitShown(worker, [['etcd', 'healthy', 'component.healthy']]);
    t.same(witness.deeds({ sender: agent }), [], 'nodemend did nothing for it');
    const { pid } = await awaitNewMain(witness, await strike(node, 'docker.service', 'SIGKILL'), 30_000);
    t.same(calls(witness.deeds({ sender: agent })), [
      ['ResetFailedUnit', 'docker.service'],
      ['RestartUnit', 'docker.service'],
    ]);
    await worker.awaitVerified('docker.service', pid);
    witness.clear();
    await worker.kubelet.exit(0);
    await witness.waitForMessage(({ member }) => member === 'StartUnit', 30_000, 'the start of the kubelet');
    await worker.awaitWell();
    t.same(calls(witness.deeds({ sender: agent })), [['StartUnit', 'kubelet.service']]);
  });
});
