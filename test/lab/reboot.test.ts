/** What outlives a reboot, what happens on the way down, and what a node that stood still for a while makes of it. */
import { labTest } from './harness/lab-test.ts';
import { bootWorker } from './harness/worker.ts';

const AGENT = 'nodemend.service';
const DOCKER = 'docker.service';

labTest('a node that stands still like in a suspend is not taken for broken', async (t, lab) => {
  const worker = await bootWorker(lab);
  const { node } = worker;
  const witness = await node.witness();
  const runs = await worker.runs();
  const frozenMs = performance.now();
  node.freeze(true);
  // Shorter than the agent's watchdog, which would rightly end an agent that systemd found silent on waking up.
  await node.waitFor(() => performance.now() - frozenMs > 15_000, 30_000, 'the node to have stood still for 15 s');
  node.freeze(false);
  await worker.awaitHealthy(30_000);
  t.match(await node.journal(AGENT), /clock\.gap/, 'the agent noticed');
  // Long enough for three bad looks of five, had the ones from before the gap counted.
  const looks = async () => (await worker.metric(OBSERVED)) ?? 0;
  const before = await looks();
  await node.waitFor(async () => (await looks()) >= before + 4, 60_000, 'four more looks');
  t.same(witness.deeds(), [], 'nobody asked systemd for anything');
  t.same(await worker.runs(), runs, 'nothing was restarted');
  t.equal((await worker.incidents()).length, 0);
});

const OBSERVED = 'nodemend_probe_observations_total{component="kubelet",probe="healthz",verdict="healthy"}';

labTest('budgets, pauses and history outlive a reboot, and on the way down nothing is mended', async (t, lab) => {
  const worker = await bootWorker(lab);
  const { node } = worker;
  await worker.crash('containerd.service');
  await worker.awaitWell();
  await node.ok(['nodemend', 'pause', 'kubelet', '--for', '30m', '--reason', 'new disk']);
  const kept = async () => {
    const incidents = await worker.incidents();
    return (incidents[0]?.evidence.length ?? 0) > 0 && incidents;
  };
  const history = await node.waitFor(kept, 10_000, 'the incident and its evidence to be kept');
  t.match(history, [{ component: 'containerd', cause: 'unit.crashed', recovered: true }]);
  t.equal((await worker.component('containerd')).budget.remaining, 2);
  const bootId = await node.bootId();
  const witness = await node.witness();
  const agent = await node.busNames(AGENT);
  t.equal((await worker.ask('/readyz')).status, 200);

  // As a kubelet with a graceful shutdown does, somebody holds the shutdown up; logind's default allows 5 s.
  const hold = ['systemd-inhibit', '--what=shutdown', '--mode=delay', '--why=test', 'sleep', '1000'];
  await node.ok(['systemd-run', '--unit=hold', ...hold]);
  const isHeld = async () => (await node.ok(['systemd-inhibit', '--list', '--no-legend'])).includes('test');
  await node.waitFor(isHeld, 10_000, 'the shutdown to be held up');
  await node.ok(['systemctl', 'reboot']);
  await witness.waitForMessage(({ member }) => member === 'PrepareForShutdown', 10_000, 'the announcement');
  const notReady = async () => (await worker.ask('/readyz')).status === 503;
  await node.waitFor(notReady, 2_000, '/readyz to be 503');
  t.match((await worker.ask('/readyz?verbose')).body, /shutting.down/);
  await node.signal(DOCKER, 'KILL');
  await node.awaitReboot(1);
  t.same(witness.deeds({ sender: agent }), [], 'the agent did nothing on the way down');

  t.not(await node.bootId(), bootId);
  const view = await node.waitFor(
    async () => {
      const now = await worker.status();
      return (
        now.ready.ready && now.components.some(({ name, phase }) => name === 'docker' && phase === 'healthy') && now
      );
    },
    60_000,
    'the agent to see the node well again',
  );
  t.equal(view.store.health, 'ok');
  const [containerd, kubelet] = ['containerd', 'kubelet'].map((name) =>
    view.components.find((one) => one.name === name),
  );
  t.match(containerd, { phase: 'healthy', budget: { remaining: 2, of: 3 }, restarts: { nodemend: 1 } });
  t.match(kubelet, { phase: 'paused', pause: { text: 'new disk' } });
  const leftMs = (kubelet?.pause?.untilMs ?? 0) - view.nowMs;
  t.ok(leftMs > 0 && leftMs <= 30 * 60_000, `the pause lasts for another ${leftMs} ms`);
  const outlived = (await worker.incidents()).filter(({ id }) => id === history[0]?.id);
  t.same(outlived, history, 'the history outlived the reboot');
  const told = async (...fields: string[]): Promise<string> =>
    (await node.run(['journalctl', '-q', '-b', '-o', 'cat', '--no-pager', '-u', AGENT, ...fields])).stdout;
  t.not(await told('TYPE=node.ready'), '');
  t.equal(await told('TYPE=action.begun'), '', 'and the agent acted on nothing during the boot');
  t.equal(await told('TYPE=node.ready', 'REASON=node.shutting-down'), '');
});

labTest('a reboot as the last remedy is done once and then refused, across the boot', async (t, lab) => {
  const config = `components:
  kubelet:
    preset: kubelet
    probes: { healthz: { every: 500ms, timeout: 300ms }, api: { every: 500ms, timeout: 300ms } }
    hang: { failures: 2, of: 3, for: 1s }
    grace: 2s
    ladder: [reboot]
`;
  const worker = await bootWorker(lab, { config });
  const { node } = worker;
  const witness = await node.witness();
  const agent = await node.busNames(AGENT);
  worker.kubelet.mode('hang');
  await node.awaitReboot(1);
  t.equal(witness.calls({ sender: agent, member: 'Reboot' }).length, 1, 'the agent asked logind for it');
  const deferred = (...reasons: string[]) => {
    const isDeferred = async () => {
      const kubelet = await worker.component('kubelet');
      if (reasons.includes(String(kubelet.deferred))) return true;
      throw new Error(JSON.stringify({ ...kubelet, pressure: (await worker.status()).pressure }));
    };
    return node.waitFor(isDeferred, 60_000, `a refusal: ${reasons.join(' or ')}`);
  };
  // The boot did not mend it. Either it is still the same incident, in which a reboot is tried once, or the stop of the kubelet on the way down
  // ended that and the new one finds the budget spent.
  await deferred('restart.no-remedy', 'reboot.budget-spent');
  worker.kubelet.mode('ok');
  await worker.awaitHealthy(60_000);
  worker.kubelet.mode('hang');
  await deferred('reboot.budget-spent');
  t.match((await node.run(['nodemend', 'status'])).stdout, /no reboot:\s+at\s+most\s+1\s+in\s+6\s+h/);
  t.equal(node.boots(), 2, 'a later incident finds the budget spent');
  t.match((await worker.incidents())[0], { component: 'kubelet', cause: 'probe.timeout', closedWallMs: null });
});
