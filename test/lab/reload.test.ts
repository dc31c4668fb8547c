/** A configuration that cannot be used: the one in force stays, everybody is told, and a restart comes back with the last good one. */
import { labTest } from './harness/lab-test.ts';
import { bootWorker } from './harness/worker.ts';

const FILE = '/etc/nodemend/nodemend.yaml';
const SUCCESSFUL = 'nodemend_config_last_reload_successful';

labTest('a broken file keeps the last good configuration, and a restart comes back with it', async (t, lab) => {
  const worker = await bootWorker(lab);
  const { node } = worker;
  const good = 'components:\n  kubelet:\n    preset: kubelet\n    budget: { actions: 7, per: 15m }\n';
  const runs = await worker.runs();
  const budgetOf = async () => (await worker.component('kubelet')).budget.of;

  node.write(FILE, good, 0o600);
  t.equal((await node.run(['nodemend', 'check'])).code, 0);
  t.equal((await node.run(['systemctl', 'reload', 'nodemend.service'])).code, 0);
  await node.waitFor(async () => (await budgetOf()) === 7, 10_000, 'the new budget');
  t.equal(await worker.metric(SUCCESSFUL), 1);
  const loadedAt = await worker.metric('nodemend_config_last_reload_success_timestamp_seconds');

  node.write(FILE, 'components:\n  kubelet:\n    preset: kublet\n    budgets: {}\n', 0o600);
  const pid = await node.mainPid('nodemend.service');
  const reload = await node.run(['systemctl', 'reload', 'nodemend.service']);
  t.equal(reload.code, 1, 'systemctl reload says that it failed');
  await node.waitFor(async () => (await worker.metric(SUCCESSFUL)) === 0, 10_000, 'the metric');
  t.equal(await worker.metric('nodemend_config_last_reload_success_timestamp_seconds'), loadedAt);
  t.equal(await budgetOf(), 7, 'the last good configuration is in force');
  const check = await node.run(['nodemend', 'check']);
  t.equal(check.code, 2);
  t.match(check.stderr, /nodemend\.yaml:3:13: .*kublet/, 'every problem is named with its place');
  t.match(check.stderr, /nodemend\.yaml:4:5: .*budgets/);
  t.match((await node.run(['nodemend', 'status'])).stdout, /the configuration was rejected/);
  t.match(await node.journal('nodemend.service'), /config\.rejected.*kublet/);
  t.equal(await node.mainPid('nodemend.service'), pid, 'it goes on running');
  await worker.awaitWell();

  t.equal((await node.run(['systemctl', 'restart', 'nodemend.service'])).code, 0);
  await worker.awaitWell();
  t.equal(await budgetOf(), 7, 'it is back with the last good configuration');
  t.equal(await worker.metric(SUCCESSFUL), 0, 'and still says that the file is bad');
  const repair = await worker.crash('kubelet.service');
  t.ok(repair.downMs < 5_000, `and mends: down for ${repair.downMs} ms, where systemd waits 10 s`);

  node.write(FILE, good.replace('7', '8'), 0o600);
  t.equal((await node.run(['systemctl', 'reload', 'nodemend.service'])).code, 0);
  await node.waitFor(async () => (await budgetOf()) === 8, 10_000, 'the mended file');
  t.equal(await worker.metric(SUCCESSFUL), 1);
  const { 'kubelet.service': _crashed, ...untouched } = await worker.runs();
  t.match(runs, untouched, 'nothing but what crashed was restarted');
});
