/** What cannot be started is given up loudly, tried again slowly for ever, and well by itself once its cause is mended. */
import { breakEdge, mendEdge, startEdge } from './harness/edge.ts';
import { labTest } from './harness/lab-test.ts';
import { strike } from './harness/strike.ts';
import type { BusMessage, Witness } from './harness/witness.ts';
import { bootWorker, type Worker } from './harness/worker.ts';

const RULES = 'grace: 5s, budget: { actions: 3, per: 5m }, backoff: { first: 200ms, factor: 2, max: 4s, jitter: 0.1 }';
/** The longest back-off less its jitter. */
const APART_MS = 3_600;

const CONFIG = `components:
  containerd: { preset: containerd, ${RULES} }
  docker: { preset: docker, ${RULES} }
  edge: { unit: edge.service, ${RULES} }
`;

async function awaitPhase(worker: Worker, name: string, phase: string): Promise<void> {
  const isThere = async () => (await worker.component(name)).phase === phase;
  await worker.node.waitFor(isThere, 90_000, `${name} to be ${phase}`);
}

/** The starts of the unit that nodemend has asked for, oldest first. */
function starts(witness: Witness, sender: readonly string[], unit: string): BusMessage[] {
  return witness.deeds({ sender, about: unit }).filter(({ member }) => /^(Start|Restart)Unit$/.test(member));
}

const msBetween = (before: BusMessage | undefined, after: BusMessage | undefined): number =>
  ((after?.atUs ?? Number.NaN) - (before?.atUs ?? Number.NaN)) / 1_000;

labTest('what cannot be started is given up, tried again and again, and mended with its cause', async (t, lab) => {
  const worker = await bootWorker(lab, { config: CONFIG });
  const { node } = worker;
  const witness = await node.witness();
  const agent = await node.busNames('nodemend.service');
  const awaitStarts = (unit: string, count: number) =>
    node.waitFor(() => starts(witness, agent, unit).length >= count, 90_000, `${count} starts of ${unit}`);

  t.equal((await worker.component('edge')).phase, 'absent');
  await startEdge(node);
  await awaitPhase(worker, 'edge', 'healthy');

  node.write('/etc/docker/daemon.json', '{ "no-such-option": true }');
  await breakEdge(node);
  await strike(node, 'docker.service', 'SIGKILL');

  await t.test('a unit with Restart=no', async (t) => {
    await awaitStarts('edge.service', 5);
    const asked = starts(witness, agent, 'edge.service');
    t.same(
      asked.slice(0, 5).map(({ member }) => member),
      Array(5).fill('StartUnit'),
    );
    const apart = [1, 2, 3, 4].map((index) => msBetween(asked[index - 1], asked[index]));
    t.ok(
      apart.slice(2).every((ms) => ms >= APART_MS),
      `after the budget's three attempts: ${apart.map(Math.round)} ms apart`,
    );
    await awaitPhase(worker, 'edge', 'exhausted');
    mendEdge(node);
    await awaitPhase(worker, 'edge', 'healthy');
    t.equal((await node.unit('edge.service'))['SubState'], 'running');
    const [incident] = (await worker.incidents()).filter(({ component }) => component === 'edge');
    t.match(incident, { cause: 'unit.crashed', recovered: true });
  });

  await t.test('a unit that systemd has given up because of its start limit', async (t) => {
    await awaitPhase(worker, 'docker', 'exhausted');
    const isGivenUp = async () => (await node.unit('docker.service'))['SubState'] === 'failed';
    await node.waitFor(isGivenUp, 60_000, 'systemd to give up');
    const { ready } = await worker.status();
    t.match(ready, { ready: false, detail: 'docker' });
    const before = starts(witness, agent, 'docker.service').length;
    await awaitStarts('docker.service', before + 1);
    const [first, ...later] = starts(witness, agent, 'docker.service');
    t.equal(first?.member, 'RestartUnit', 'the first crash was not left to systemd');
    t.ok(msBetween(first, later[0]) >= APART_MS, 'and nothing more was done before the budget was spent');
    t.equal(later.at(-1)?.member, 'StartUnit');
    node.write('/etc/docker/daemon.json', '{}');
    await awaitPhase(worker, 'docker', 'healthy');
    await node.ok(['docker', 'version']);
  });

  await t.test('a broken configuration, while systemd tries for ever', async (t) => {
    witness.clear();
    node.write('/etc/containerd/config.toml', 'version = [');
    await strike(node, 'containerd.service', 'SIGKILL');
    await awaitPhase(worker, 'containerd', 'exhausted');
    const asked = starts(witness, agent, 'containerd.service').length;
    t.equal(asked, 1, 'the first crash was not left to systemd');
    const before = Number((await node.unit('containerd.service'))['NRestarts']);
    const triesOn = async () => Number((await node.unit('containerd.service'))['NRestarts']) > before;
    await node.waitFor(triesOn, 60_000, 'systemd to try on');
    t.equal((await worker.component('containerd')).phase, 'exhausted');
    t.equal(starts(witness, agent, 'containerd.service').length, asked, 'its tries are the half-open retries');
    await node.ok(['rm', '/etc/containerd/config.toml']);
    await awaitPhase(worker, 'containerd', 'healthy');
    await node.ok(['ctr', 'version']);
  });
});
