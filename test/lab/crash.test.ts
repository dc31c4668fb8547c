/** A crash is over before systemd alone would have begun to wait: SIGKILL to containerd, dockerd and the kubelet, many times. */
import { LONG, labTest } from './harness/lab-test.ts';
import { say } from './harness/places.ts';
import { awaitNewMain, type NewMain, strike } from './harness/strike.ts';
import type { Witness } from './harness/witness.ts';
import { bootWorker, type Worker } from './harness/worker.ts';

const KILLS = LONG ? 50 : 8;

const CONFIG = `components:
  containerd: { preset: containerd, budget: { actions: 200, per: 1h } }
  docker: { preset: docker, budget: { actions: 200, per: 1h } }
  kubelet: { preset: kubelet, budget: { actions: 200, per: 1h } }
`;

/** Unit -> what its Restart= settings alone would have it wait, in systemd's words. */
const RESTART_SEC = { 'containerd.service': '5s', 'docker.service': '2s', 'kubelet.service': '10s' } as const;

/** The value below which at least this share of the values lies (nearest rank). */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

async function killOnce(worker: Worker, witness: Witness, unit: string): Promise<NewMain> {
  witness.clear();
  const struck = await strike(worker.node, unit, 'SIGKILL');
  const started = await awaitNewMain(witness, struck, 30_000);
  await worker.awaitVerified(unit, started.pid);
  return started;
}

labTest('a killed containerd, dockerd and kubelet have a new main process at once', async (t, lab) => {
  const worker = await bootWorker(lab, { config: CONFIG });
  const witness = await worker.node.witness();
  const agent = await worker.node.busNames('nodemend.service');

  for (const [unit, restartSec] of Object.entries(RESTART_SEC)) {
    t.equal((await worker.node.unit(unit))['RestartUSec'], restartSec, `${unit} has the settings it comes with`);
    const took: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      took.push((await killOnce(worker, witness, unit)).afterMs);
      t.match(witness.deeds({ sender: agent, about: unit }).at(-1), { member: 'RestartUnit' }, 'nodemend asked for it');
    }
    const [median, most] = [quantile(took, 0.5), quantile(took, 0.99)];
    say(
      `${unit}: ${KILLS} kills, new main process after ${Math.round(median)} ms in the median, ` +
        `${Math.round(most)} ms at the 99th percentile, ${Math.round(Math.max(...took))} ms at worst; systemd alone: ${restartSec}`,
    );
    // Of a few kills beside other tests the slowest one says more of the machine than of the agent.
    t.ok(most < (LONG ? 250 : 1_000), `${unit}: ${most} ms at the 99th percentile`);
  }
});
