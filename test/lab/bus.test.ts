/**
 * The bus and systemd under the agent's feet: reloaded, re-executed, killed, frozen. Nobody restarts anything for it, the agent sees the
 * truth again within 5 s, what breaks afterwards is mended, and nothing piles up meanwhile.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Test } from 'tap';
import { labTest } from './harness/lab-test.ts';
import { say } from './harness/places.ts';
import { bootWorker, type Worker } from './harness/worker.ts';

const IN_SYNC_MS = 5_000;
const AGENT = 'nodemend.service';

/** With the default budget only the first crash in a window is mended at once, and here there are several. */
const CONFIG = ['containerd', 'docker', 'kubelet']
  .map((name) => `  ${name}:\n    preset: ${name}\n    budget: { actions: 100, per: 15m }\n`)
  .join('');

const boot = (lab: Parameters<typeof bootWorker>[0]) => bootWorker(lab, { config: `components:\n${CONFIG}` });

/** RestartSec= of each unit: sooner than this it was the agent. */
const SYSTEMD_MS: Readonly<Record<string, number>> = {
  'docker.service': 2_000,
  'containerd.service': 5_000,
  'kubelet.service': 10_000,
};

/** Resolves to how long it took, in milliseconds. */
async function awaitTruth(worker: Worker): Promise<number> {
  const beganMs = performance.now();
  await worker.awaitTruth(IN_SYNC_MS);
  return Math.round(performance.now() - beganMs);
}

async function isMended(t: Test, worker: Worker, unit: string, what: string): Promise<void> {
  const { downMs } = await worker.crash(unit);
  const systemdMs = SYSTEMD_MS[unit] ?? 0;
  t.ok(
    downMs < systemdMs,
    `${unit} is mended ${what}: down for ${downMs.toFixed(1)} ms, where systemd waits ${systemdMs} ms`,
  );
  await worker.awaitWell();
}

/** What the agent holds: open files and resident memory. */
async function burden(worker: Worker): Promise<{ readonly files: number; readonly mebibytes: number }> {
  const folder = worker.node.hostPath(`/proc/${await worker.node.mainPid(AGENT)}`);
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`${folder}/status`, 'utf8'))?.[1];
  return { files: readdirSync(`${folder}/fd`).length, mebibytes: Number(resident) / 1_024 };
}

labTest('systemd reloaded in a loop and re-executed 20 times leads to no action', async (t, lab) => {
  const worker = await boot(lab);
  const { node } = worker;
  const witness = await node.witness();
  const agent = await node.busNames(AGENT);
  const runs = await worker.runs();

  for (let round = 0; round < 30; round += 1) await node.ok(['systemctl', 'daemon-reload']);
  say(`in sync ${await awaitTruth(worker)} ms after 30 daemon-reloads`);
  const reads = witness.calls({ sender: agent, member: 'GetAll' }).length;
  const reloads = witness.signals('Reloading').length;
  t.ok(reloads >= 60, `the witness saw the reloads (${reloads} signals)`);
  say(`${reads} reads of the agent's for ${reloads} signals`);
  t.same(witness.deeds({ sender: agent }), [], 'the agent asked systemd for nothing');
  t.same(await worker.runs(), runs, 'and nothing was restarted');
  await isMended(t, worker, 'containerd.service', 'after the reloads');

  const before = await worker.runs();
  witness.clear();
  for (let round = 0; round < 20; round += 1) await node.ok(['systemctl', 'daemon-reexec'], { timeoutMs: 60_000 });
  say(`in sync ${await awaitTruth(worker)} ms after 20 daemon-reexecs`);
  t.same(witness.deeds({ sender: await node.busNames(AGENT) }), []);
  t.same(await worker.runs(), before);
  await isMended(t, worker, 'kubelet.service', 'after the re-executions');
});

labTest('a bus that is killed, restarted or frozen for 20 s leads to no action and costs nothing', async (t, lab) => {
  const worker = await boot(lab);
  const { node } = worker;
  const runs = await worker.runs();
  const busPid = () => node.mainPid('dbus.service');
  const sees = (connected: boolean) =>
    node.waitFor(
      async () => (await worker.status()).busConnected === connected,
      30_000,
      `the bus to be ${connected ? 'seen again' : 'missed'}`,
    );

  const killed = await busPid();
  await node.signal('dbus.service', 'KILL');
  await node.waitFor(async () => ![0, killed].includes(await busPid()), 30_000, 'the bus to be back');
  say(`in sync ${await awaitTruth(worker)} ms after the bus was back from SIGKILL`);
  await node.ok(['systemctl', 'restart', 'dbus.service'], { timeoutMs: 60_000 });
  say(`in sync ${await awaitTruth(worker)} ms after a restart of the bus`);
  t.same(await worker.runs(), runs, 'nothing was restarted');
  await isMended(t, worker, 'containerd.service', 'after the bus was killed and restarted');

  const before = await worker.runs();
  const light = await burden(worker);
  const pid = await node.mainPid(AGENT);
  await node.signal('dbus.service', 'STOP');
  const frozenMs = performance.now();
  await sees(false);
  t.equal(await worker.metric('nodemend_bus_connected'), 0);
  t.equal((await worker.ask('/livez')).status, 200);
  t.equal((await worker.ask('/readyz')).status, 200, 'the last answer is kept');
  const blind = (await worker.status()).components.filter((component) => component.unit !== 'etcd.service');
  t.same(
    blind.map(({ phase, reason }) => [phase, reason]),
    [
      ['unknown', 'bus.lost'],
      ['unknown', 'bus.lost'],
      ['unknown', 'bus.lost'],
    ],
  );
  await node.waitFor(() => performance.now() - frozenMs >= 20_000, 30_000, 'the bus to have been frozen for 20 s');
  const heavy = await burden(worker);
  t.ok(heavy.files <= light.files + 3, `open files: ${light.files}, then ${heavy.files}`);
  t.ok(
    heavy.mebibytes < light.mebibytes + 30,
    `MiB: ${light.mebibytes.toFixed(1)}, then ${heavy.mebibytes.toFixed(1)}`,
  );
  t.same(await worker.runs(), before, 'nothing was restarted while nothing could be seen');

  // A crash that nobody could see is found at once when the bus is back, well before systemd's own 10 s.
  await node.signal('kubelet.service', 'KILL');
  await node.signal('dbus.service', 'CONT');
  say(`in sync ${await awaitTruth(worker)} ms after the bus was let go`);
  t.equal(await node.mainPid(AGENT), pid, 'the agent itself was never restarted');
  const { 'kubelet.service': crashed, ...others } = await worker.runs();
  t.not(crashed, before['kubelet.service']);
  t.match(before, others, 'nothing else was restarted');
  await isMended(t, worker, 'docker.service', 'after the freeze');
});
