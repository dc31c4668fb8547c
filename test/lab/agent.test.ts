/**
 * The agent itself under fire: killed at the worst moments, frozen, and without room on its disk, while what it watches goes on breaking. What it
 * does is counted on the bus and in systemd's journal, and compared with what it remembers.
 */
import { randomInt } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { LONG, labTest } from './harness/lab-test.ts';
import type { LabNode } from './harness/node.ts';
import type { Witness } from './harness/witness.ts';
import { bootWorker, type Worker } from './harness/worker.ts';

const AGENT = 'nodemend.service';
const CONTAINERD = 'containerd.service';
const DOCKER = 'docker.service';
const BUDGET = 1_000;
const ROUNDS = LONG ? 100 : 15;

const generous = `components:
  containerd:
    preset: containerd
    budget: { actions: ${BUDGET}, per: 6h }
`;

/** systemd's own restart comes so late that whatever is done before is the agent's doing. */
function makeSystemdWait(root: string): void {
  const folder = `${root}/etc/systemd/system/${CONTAINERD}.d`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/late.conf`, '[Service]\nRestartSec=5min\n');
}

/** Starts of the unit in systemd's own log. */
async function starts(node: LabNode, unit: string): Promise<number> {
  const lines = (await node.ok(['journalctl', '--no-pager', '-o', 'cat', '_PID=1', '-u', unit])).split('\n');
  return lines.filter((line) => line.startsWith(`Started ${unit}`)).length;
}

/** Starts and restarts of the unit that were asked for on the bus; the tests' own systemctl is not on it. */
const jobs = (witness: Witness, unit: string): number =>
  witness.deeds({ about: unit }).filter(({ member }) => member !== 'ResetFailedUnit').length;

const killAgent = (node: LabNode): Promise<unknown> => node.run(['systemctl', 'kill', '-s', 'KILL', AGENT]);

/** systemd waits longer from one end of the agent to the next; here each is to be the first. */
const forgetEnds = (node: LabNode): Promise<unknown> => node.ok(['systemctl', 'reset-failed', AGENT]);

/** The moments at which the agent is killed in turn; each breaks containerd, too. */
const moments: readonly ((worker: Worker, witness: Witness) => Promise<void>)[] = [
  async ({ node }, witness) => {
    // The moment between the intent and its result.
    await node.signal(CONTAINERD, 'KILL');
    await witness.waitForMessage(({ member }) => member === 'RestartUnit', 30_000, 'the agent to act');
    await killAgent(node);
  },
  async ({ node }) => {
    await node.signal(CONTAINERD, 'KILL');
    const waitMs = randomInt(150);
    await node.run(['sh', '-c', `sleep 0.${String(waitMs).padStart(3, '0')}; systemctl kill -s KILL ${AGENT}`]);
  },
  async ({ node }) => {
    await node.ok(['systemctl', 'kill', '-s', 'KILL', AGENT, CONTAINERD]);
  },
  async ({ node }) => {
    await killAgent(node);
    const waitMs = 200 + randomInt(700);
    await node.run([
      'sh',
      '-c',
      `sleep 0.${waitMs}; systemctl kill -s KILL ${CONTAINERD}; systemctl kill -s KILL ${AGENT}`,
    ]);
  },
];

labTest(`killed ${ROUNDS} times while containerd goes on crashing it acts once on each crash`, async (t, lab) => {
  const worker = await bootWorker(lab, { config: generous, prepare: makeSystemdWait });
  const { node } = worker;
  const witness = await node.witness();
  const startsBefore = await starts(node, CONTAINERD);
  for (let round = 0; round < ROUNDS; round += 1) {
    witness.clear();
    const before = (await node.unit(CONTAINERD))['InvocationID'];
    await moments[round % moments.length]?.(worker, witness);
    const isAnew = async () => {
      const unit = await node.unit(CONTAINERD);
      return unit['ActiveState'] === 'active' && unit['InvocationID'] !== before;
    };
    // An intent that was written and not carried out is given its time to show an effect, 30 s, before anything else is tried.
    await node.waitFor(isAnew, 90_000, `containerd to run anew in round ${round}`);
    await worker.awaitHealthy(60_000);
    await forgetEnds(node);
    const asked = jobs(witness, CONTAINERD);
    if (asked !== 1) t.fail(`round ${round}: ${asked} jobs for one crash`, { deeds: witness.deeds() });
  }
  t.equal((await starts(node, CONTAINERD)) - startsBefore, ROUNDS, 'systemd started containerd once for each crash');

  const { budget, restarts } = await worker.component('containerd');
  t.equal(budget.remaining, BUDGET - ROUNDS, 'every restart is in the budget, and none twice');
  t.same(restarts, { nodemend: ROUNDS, systemd: 0, other: 0 });
  const incidents = (await worker.incidents()).filter(({ component }) => component === 'containerd');
  const begun = incidents.flatMap(({ transitions }) =>
    transitions.flatMap(({ transition }) => (transition.type === 'action.begun' ? [transition.action] : [])),
  );
  t.equal(new Set(begun).size, begun.length, 'no action is in the history twice');
  t.equal(begun.length, ROUNDS, 'and none is missing');
  t.same(
    incidents.filter(({ closedWallMs }) => closedWallMs === null),
    [],
    'every incident came to its end',
  );

  // The budget of Docker is the default, which leaves all but the first crash to systemd: only who remembers keeps to it.
  witness.clear();
  for (let crash = 0; crash < 3; crash += 1) {
    await worker.crash(DOCKER);
    await worker.awaitTruth(60_000);
    await killAgent(node);
    await worker.awaitTruth(60_000);
    await forgetEnds(node);
  }
  t.equal(jobs(witness, DOCKER), 1, 'started by the agent at its first crash, and never again');
  t.equal((await worker.component('docker')).budget.remaining, 0);
});

labTest('frozen for longer than its watchdog allows it is brought back and does nothing wrong', async (t, lab) => {
  const worker = await bootWorker(lab);
  const { node } = worker;
  const witness = await node.witness();
  const runs = await worker.runs();
  const agent = await node.unit(AGENT);
  await node.signal(AGENT, 'STOP');
  const frozenMs = performance.now();
  const kubelet = await worker.crash('kubelet.service');
  t.ok(kubelet.downMs > 9_000, `a frozen agent mends nothing: systemd took ${kubelet.downMs} ms`);
  const isBack = async () => !['0', agent['MainPID']].includes((await node.unit(AGENT))['MainPID']);
  await node.waitFor(isBack, 90_000, 'the watchdog of systemd');
  const goneMs = performance.now() - frozenMs;
  t.ok(goneMs < 45_000, `back after ${Math.round(goneMs)} ms`);
  await worker.awaitHealthy(30_000);
  t.match(await node.journal(AGENT), /Watchdog timeout \(limit 30s\)!/);
  t.same(witness.deeds(), [], 'nobody asked systemd for anything');
  const { 'kubelet.service': _crashed, ...others } = await worker.runs();
  t.match(runs, others, 'nothing else was restarted');
  const seen = (await worker.component('kubelet')).restarts;
  t.same(seen, { nodemend: 0, systemd: 1, other: 0 }, 'it knows that systemd restarted the kubelet meanwhile');
  const repair = await worker.crash(CONTAINERD);
  t.ok(repair.downMs < 5_000, `and it mends: containerd was down for ${repair.downMs} ms, where systemd waits 5 s`);
});

labTest('with a full disk it goes on mending sparingly, says so, and recovers when there is room', async (t, lab) => {
  const silentAtOnce = `components:
  kubelet:
    preset: kubelet
    probes: { healthz: { every: 500ms, timeout: 300ms }, api: { every: 500ms, timeout: 300ms } }
    hang: { failures: 2, of: 3, for: 1s }
    grace: 2s
    ladder: [reboot]
`;
  const mount = `${lab.id} /var/lib/nodemend tmpfs size=8m,mode=0700,x-mount.mkdir 0 0\n`;
  const worker = await bootWorker(lab, {
    config: silentAtOnce,
    prepare: (root) => appendFileSync(`${root}/etc/fstab`, mount),
  });
  const { node } = worker;
  const witness = await node.witness();
  t.equal(await worker.metric('nodemend_store_writable'), 1);
  const fill = await node.run(['dd', 'if=/dev/zero', 'of=/var/lib/nodemend/fill', 'bs=4k']);
  t.match(fill.stderr, /No space left on device/);

  const first = await worker.crash(DOCKER);
  t.ok(first.downMs < 2_000, `Docker was down for ${first.downMs} ms, where systemd waits 2 s`);
  await worker.awaitHealthy(60_000);
  t.match((await worker.status()).store, { health: 'unwritable', detail: /cannot write the state to .*full/ });
  t.equal(await worker.metric('nodemend_store_writable'), 0);
  t.match(
    (await node.run(['nodemend', 'status'])).stdout,
    /the store is unwritable: budgets are conservative, no reboots/,
  );
  t.equal((await worker.component('docker')).budget.remaining, 0, 'one action per window is what is left');
  t.equal((await worker.component('containerd')).budget.remaining, 1);
  await worker.crash(DOCKER);
  await worker.awaitTruth(60_000);
  t.equal(jobs(witness, DOCKER), 1, 'the second crash is left to systemd');

  worker.kubelet.mode('hang');
  const refused = async () => (await worker.component('kubelet')).deferred === 'reboot.not-writable';
  await node.waitFor(refused, 60_000, 'the reboot to be refused');
  t.match(
    (await node.run(['nodemend', 'status', 'kubelet'])).stdout,
    /no\s+action:\s+no\s+reboot:\s+the\s+state\s+cannot/,
  );
  worker.kubelet.mode('ok');
  const isWell = async () => (await worker.component('kubelet')).phase === 'healthy';
  await node.waitFor(isWell, 60_000, 'the kubelet to be seen well again');
  t.same(witness.deeds({ member: 'Reboot' }), [], 'a reboot is never tried');

  await node.ok(['rm', '/var/lib/nodemend/fill']);
  const isWritable = async () => (await worker.metric('nodemend_store_writable')) === 1;
  await node.waitFor(isWritable, 30_000, 'the store to be written again, without anything having happened');
  t.equal((await worker.status()).store.health, 'ok');
  t.equal((await worker.component('containerd')).budget.remaining, 3);
  await killAgent(node);
  await worker.awaitTruth(60_000);
  const causes = (await worker.incidents()).map(({ component, cause }) => `${component} ${cause}`);
  t.same(causes.toSorted(), ['docker unit.crashed', 'docker unit.crashed', 'kubelet probe.timeout']);
  t.equal((await worker.component('docker')).budget.remaining, 1, 'what was done without room is remembered');

  await node.run(['dd', 'if=/dev/zero', 'of=/var/lib/nodemend/fill', 'bs=4k']);
  await killAgent(node);
  await worker.awaitTruth(60_000);
  t.equal((await worker.status()).store.health, 'unwritable', 'it also starts without room, and says so');
  t.equal((await worker.component('docker')).budget.remaining, 0);
  const last = await worker.crash(CONTAINERD);
  t.ok(last.downMs < 5_000, `and mends: containerd was down for ${last.downMs} ms, where systemd waits 5 s`);
});
