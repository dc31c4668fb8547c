/** A crowd of bad clients on the port that everybody may reach costs repairs nothing and keeps nobody out. */
import { readdirSync } from 'node:fs';
import { letLoose, openStreams } from './harness/clients.ts';
import { LONG, labTest } from './harness/lab-test.ts';
import { say } from './harness/places.ts';
import { bootWorker, type Worker } from './harness/worker.ts';

const REPAIRS = LONG ? 30 : 6;
const AGENT = 'nodemend.service';
const CONFIG = 'components:\n  containerd:\n    preset: containerd\n    budget: { actions: 100, per: 1h }\n';

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function repairs(worker: Worker): Promise<number[]> {
  const down: number[] = [];
  for (let one = 0; one < REPAIRS; one += 1) {
    down.push((await worker.crash('containerd.service')).downMs);
    await worker.awaitHealthy(60_000);
  }
  return down;
}

labTest(
  'two hundred readers of events, and a thousand idle, slow and malformed clients do not slow repairs down',
  async (t, lab) => {
    const worker = await bootWorker(lab, { config: CONFIG });
    const { node } = worker;
    const url = 'http://127.0.0.1:9745';
    const pid = await node.mainPid(AGENT);
    const files = (): number => readdirSync(node.hostPath(`/proc/${pid}/fd`)).length;
    const memory = async () => ((await worker.metric('process_resident_memory_bytes')) ?? 0) / 1_048_576;
    const alone = await repairs(worker);
    const [filesAlone, memoryAlone] = [files(), await memory()];

    const readers = openStreams(node, 9745, 200);
    t.teardown(readers.close);
    await node.waitFor(() => readers.heard()?.connected === 200, 60_000, 'two hundred readers of the event stream');
    const followed = await repairs(worker);
    const memoryFollowed = await memory();
    t.equal(readers.heard()?.connected, 200, 'each of them had a place');
    t.ok(memoryFollowed < memoryAlone + 30, `${memoryFollowed} MiB`);
    readers.close();

    const hostile = letLoose(node, 9745);
    t.teardown(hostile.close);
    const isCrowded = () => {
      const { opened = 0, statuses = {} } = hostile.heard() ?? {};
      return opened >= 1_000 && (statuses['400'] ?? 0) > 0 && (statuses['431'] ?? 0) > 0;
    };
    await node.waitFor(isCrowded, 60_000, 'a thousand idle connections and the first refusals');
    const beset = await repairs(worker);
    t.equal((await node.http(`${url}/livez?verbose`)).status, 200, 'whoever asks properly is answered');
    t.equal((await node.http(`${url}/metrics`)).status, 200);
    // What waits to be accepted counts as connected with a client, so this is a moment's figure.
    const isHeld = () => (hostile.heard()?.idle ?? Number.POSITIVE_INFINITY) < 800;
    await node.waitFor(isHeld, 60_000, 'most of the idle connections to be ended');
    const heard = hostile.heard();
    const [filesBeset, memoryBeset] = [files(), await memory()];
    hostile.close();

    const shown = (values: readonly number[]): string => values.map((value) => Math.round(value)).join(', ');
    say(`containerd down for ms, alone: ${shown(alone)}; beset: ${shown(beset)}`);
    say(`with 200 event streams: ${shown(followed)}; MiB ${memoryAlone.toFixed(1)}, then ${memoryFollowed.toFixed(1)}`);
    say(`medians ${median(alone).toFixed(1)} ms alone, ${median(beset).toFixed(1)} ms beset; ${JSON.stringify(heard)}`);
    say(`open files ${filesAlone}, then ${filesBeset}; MiB ${memoryAlone.toFixed(1)}, then ${memoryBeset.toFixed(1)}`);
    // As fast as without, but for what the crowd's own work takes from two processors.
    t.ok(median(beset) < 2 * median(alone) + 100, `${median(alone)} ms, then ${median(beset)} ms`);
    t.ok(median(followed) < 2 * median(alone) + 100, `${median(alone)} ms, then ${median(followed)} ms`);
    t.ok(filesBeset < filesAlone + 600, `${filesBeset} open files`);
    t.ok(memoryBeset < memoryAlone + 64, `${memoryBeset} MiB`);
    t.same(
      Object.keys(heard?.statuses ?? {}).filter(
        (status) => !['400', '404', '405', '413', '414', '431', '505'].includes(status),
      ),
      [],
      'nonsense is refused, and with nothing else',
    );
    t.equal(await node.mainPid(AGENT), pid, 'the agent runs on');
    await node.waitFor(() => files() <= filesAlone + 5, 30_000, 'the connections to be gone');
  },
);
