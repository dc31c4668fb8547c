/** Real containers on a node, from an image made on the spot: what must outlive the restart of its runtime. */
import { IMAGE } from './image.ts';
import type { LabNode } from './node.ts';

export interface RunningContainer {
  readonly id: string;
  /** Process ids on the node. */
  readonly pid: number;
  readonly shimPid: number;
  /** Whether the same process still runs (same process id and same start time). */
  survives(): Promise<boolean>;
}

async function startTicks(node: LabNode, pid: number): Promise<string | null> {
  const result = await node.run(['cat', `/proc/${pid}/stat`]);
  if (result.code !== 0) return null;
  return result.stdout.slice(result.stdout.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

async function describe(node: LabNode, id: string, pid: number): Promise<RunningContainer> {
  const shimPid = Number((await node.ok(['ps', '-o', 'ppid=', '-p', String(pid)])).trim());
  const [started, shimStarted] = [await startTicks(node, pid), await startTicks(node, shimPid)];
  if (started === null || shimStarted === null) throw new Error(`container ${id} of process ${pid} has ended already`);
  return {
    id,
    pid,
    shimPid,
    survives: async () =>
      (await startTicks(node, pid)) === started && (await startTicks(node, shimPid)) === shimStarted,
  };
}

/** Starts a container of containerd's, in the namespace Kubernetes uses. It sleeps. */
export async function runContainer(node: LabNode, id: string): Promise<RunningContainer> {
  const ctr = ['ctr', '-n', 'k8s.io'];
  const listed = await node.ok([...ctr, 'images', 'list', '-q']);
  if (!listed.includes(IMAGE)) await node.ok([...ctr, 'images', 'import', '/opt/lab/busybox.tar']);
  await node.ok([...ctr, 'run', '--cpu-shares', '0', '-d', IMAGE, id, '/bin/sleep', '100000']);
  const row = (await node.ok([...ctr, 'tasks', 'list'])).split('\n').find((line) => line.startsWith(`${id} `));
  return describe(node, id, Number(row?.trim().split(/\s+/)[1]));
}

/** Starts a container of dockerd's; docker.service must be running. It sleeps. */
export async function runDockerContainer(node: LabNode, id: string): Promise<RunningContainer> {
  const name = IMAGE.replace('docker.io/library/', '');
  await node.ok(['docker', 'load', '-i', '/opt/lab/busybox.tar'], { timeoutMs: 60_000 });
  await node.ok(['docker', 'run', '-d', '--network', 'none', '--name', id, name, '/bin/sleep', '100000'], {
    timeoutMs: 60_000,
  });
  return describe(node, id, Number(await node.ok(['docker', 'inspect', '-f', '{{.State.Pid}}', id])));
}
