/** A process that is stopped still has a socket that accepts: systemd sees nothing. It is found, killed and started, and no container notices. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Test } from 'tap';
import type { IncidentRecord } from '../../src/ports.ts';
import { runContainer, runDockerContainer } from './harness/containers.ts';
import { labTest } from './harness/lab-test.ts';
import { say } from './harness/places.ts';
import { awaitNewMain, nowMs, type Strike, strike } from './harness/strike.ts';
import type { BusMessage, Witness } from './harness/witness.ts';
import { bootWorker, type Worker } from './harness/worker.ts';

/** From the freeze to verified recovery. */
const RECOVERY_MS = 45_000;
/** From SIGKILL to the new main process; a plain restart would wait for TimeoutStopSec, 90 s. */
const ACTION_MS = 1_000;

interface Evidence {
  readonly observations: Readonly<Record<string, { readonly window: readonly { readonly verdict: string }[] }>>;
  readonly gathered: {
    readonly journal: string;
    readonly processes: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly host: { readonly memory: { readonly totalBytes: number } };
  };
}

interface Mended {
  readonly recoveryMs: number;
  /** From the call that killed to the start of the new main process. */
  readonly actionMs: number;
  readonly incident: IncidentRecord;
}

const isAbout = (unit: string, member: string) => (message: BusMessage) =>
  message.member === member && JSON.stringify(message.args).includes(unit);

async function awaitMended(worker: Worker, witness: Witness, struck: Strike): Promise<Mended> {
  const name = struck.unit.replace('.service', '');
  const { pid, startedUs } = await awaitNewMain(witness, struck, 120_000);
  const kill = await witness.waitForMessage(isAbout(struck.unit, 'KillUnit'), 5_000, `the kill of ${struck.unit}`);
  await worker.awaitVerified(struck.unit, pid);
  const recoveryMs = nowMs() - struck.atMs;
  const incident = (await worker.incidents()).find(({ component }) => component === name);
  if (incident === undefined) throw new Error(`there is no incident of ${name}`);
  return { recoveryMs, actionMs: (startedUs - kill.atUs) / 1_000, incident };
}

function checkTimes(t: Test, { unit }: Strike, { recoveryMs, actionMs }: Mended): void {
  const [seconds, ms] = [(recoveryMs / 1_000).toFixed(1), Math.round(actionMs)];
  say(`${unit} frozen: well again after ${seconds} s, of which the action took ${ms} ms`);
  t.ok(recoveryMs < RECOVERY_MS, `${unit} is well ${seconds} s after the freeze`);
  t.ok(actionMs > 0 && actionMs < ACTION_MS, `${unit}: ${ms} ms from SIGKILL to the new main process`);
}

function checkEvidence(t: Test, worker: Worker, struck: Strike, incident: IncidentRecord, vote: string) {
  const { unit, pid } = struck;
  t.match(incident, { cause: 'probe.timeout', recovered: true, evidence: [String] });
  const kept = JSON.parse(worker.node.read(`/var/lib/nodemend/evidence/${incident.evidence[0]}`)) as Evidence;
  for (const probe of [vote, 'process']) {
    const last = kept.observations[probe]?.window.at(-1)?.verdict;
    t.equal(last, 'unhealthy', `${unit}: ${probe} had found it bad before anything was done`);
  }
  const { journal, processes, host } = kept.gathered;
  t.match(journal, /systemd\[1\]: Start/, `${unit}: the journal is kept`);
  t.match(processes[pid]?.['status'], /State:\tT \(stopped\)/, `${unit}: what its process was doing is kept`);
  t.match(processes[pid]?.['wchan'], /^\w+$/, `${unit}: where in the kernel it waited is kept`);
  t.ok(host.memory.totalBytes > 0, `${unit}: the figures of the host are kept`);
}

/** One disruptive action at a time: the second unit is not touched before the first one's job has ended. */
function checkOrder(t: Test, witness: Witness, agent: readonly string[], units: readonly [string, string]): void {
  const deeds = witness.deeds({ sender: agent });
  const told = deeds.map(({ member, args }) => [member, (args as string[])[0]]);
  const [first, second] = told[0]?.[1] === units[0] ? units : units.toReversed();
  const each = (unit: string | undefined) => [
    ['KillUnit', unit],
    ['RestartUnit', unit],
  ];
  t.same(told, [...each(first), ...each(second)]);
  const seen = witness.messages();
  const ended = seen.findIndex(isAbout(first ?? '', 'JobRemoved'));
  t.ok(ended >= 0 && ended < seen.indexOf(deeds[2] as BusMessage), 'the second one waited for the first');
}

labTest(
  'a frozen containerd, dockerd and kubelet are found, killed and started; containers live on',
  async (t, lab) => {
    const worker = await bootWorker(lab, {
      prepare: (root) => {
        mkdirSync(`${root}/etc/docker`, { recursive: true });
        writeFileSync(`${root}/etc/docker/daemon.json`, '{ "live-restore": true }');
      },
    });
    const { node } = worker;
    const containers = { containerd: await runContainer(node, 'pod'), docker: await runDockerContainer(node, 'web') };
    const witness = await node.witness();
    const agent = await node.busNames('nodemend.service');

    await t.test('dockerd and the kubelet at once, one after the other', async (t) => {
      const docker = await strike(node, 'docker.service', 'SIGSTOP');
      const kubelet = await strike(node, 'kubelet.service', 'SIGSTOP');
      const mended = await Promise.all([docker, kubelet].map((struck) => awaitMended(worker, witness, struck)));
      for (const [index, struck] of [docker, kubelet].entries()) checkTimes(t, struck, mended[index] as Mended);
      checkEvidence(t, worker, docker, (mended[0] as Mended).incident, 'ping');
      checkEvidence(t, worker, kubelet, (mended[1] as Mended).incident, 'healthz');
      checkOrder(t, witness, agent, [docker.unit, kubelet.unit]);
    });

    await t.test('containerd, under the containers', async (t) => {
      const containerd = await strike(node, 'containerd.service', 'SIGSTOP');
      const mended = await awaitMended(worker, witness, containerd);
      checkTimes(t, containerd, mended);
      checkEvidence(t, worker, containerd, mended.incident, 'version');
    });

    t.ok(await containers.containerd.survives(), 'the process of the pod and its shim are the same as before');
    t.ok(await containers.docker.survives(), "and so are those of Docker's container, under live-restore");
    await node.ok(['ctr', '-n', 'k8s.io', 'tasks', 'exec', '--exec-id', 'alive', 'pod', '/bin/echo', 'alive']);
    // dockerd connects to the new containerd in its own time.
    const answers = async () =>
      (await node.run(['docker', 'exec', 'web', '/bin/echo', 'alive'])).stdout.trim() === 'alive';
    await node.waitFor(answers, 60_000, "Docker's container to take a command");
  },
);
