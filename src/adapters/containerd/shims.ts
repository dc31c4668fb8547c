/**
 * Finds shims that run but do not answer. Seen on containerd 1.7: Tasks.List asks every shim in turn, waits 2 s for each, and gives a task
 * whose shim kept silent as UNKNOWN with pid 0; 2.x leaves it out. So one quick List is enough while all is well; when it is slow the
 * tasks are asked for one by one, side by side, since those 2 s would add up. What ought to be there is what lies in containerd's
 * state folder. A stopped containerd answers neither: that is a timeout and blames no shim.
 */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GrpcClients } from '../grpc/client.ts';
import { getTask, listTasks, type Task } from '../grpc/protos/containerd.ts';
import { failWith, finding } from '../probe/finding.ts';
import type { Look, LookContext } from '../probe/look.ts';
import { describeShim } from './shim-process.ts';

/** Kubernetes' namespace and Docker's. */
const namespaces = ['k8s.io', 'moby'] as const;
/** Share of the deadline that the one List may take before the tasks are asked one by one. */
const listShare = 0.4;
/** A node has some hundred tasks; more than this is not looked at one by one. */
const mostTasks = 1_024;
const atOnce = 16;

const deadlineExceeded = 4;
const notFound = 5;

type Call = GrpcClients['call'];

interface Place {
  readonly call: Call;
  readonly socket: string;
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** Where containerd keeps one folder for each task, beside its socket: /run/containerd, or k3s's /run/k3s/containerd. */
export const bundlesFolder = (socket: string, namespace: string): string =>
  join(dirname(socket), 'io.containerd.runtime.v2.task', namespace);

async function readBundles(folder: string): Promise<string[]> {
  // Without the folder, or without the right to read it, the List alone has to do.
  return readdir(folder).then(
    (names) => names.slice(0, mostTasks),
    () => [],
  );
}

const isSilent = ({ status, pid }: Task): boolean => status === 'UNKNOWN' && pid === 0;

/** Null when the List takes longer than `patienceMs`. */
async function listPatiently(place: Place, patienceMs: number): Promise<readonly Task[] | null> {
  const { call, socket, namespace, signal } = place;
  const patience = AbortSignal.timeout(Math.round(patienceMs));
  try {
    const outcome = await call(socket, listTasks, {}, { signal: AbortSignal.any([signal, patience]), namespace });
    if (!outcome.ok) throw failWith(outcome.finding.reason, outcome.finding.detail);
    return outcome.reply.tasks;
  } catch (error) {
    if (patience.aborted && !signal.aborted) return null;
    throw error;
  }
}

/** Which of the tasks have a shim that keeps silent. A task that is gone by now has none; any other trouble is containerd's own. */
async function askOneByOne({ call, socket, namespace, signal }: Place, ids: readonly string[]): Promise<string[]> {
  const waiting = [...ids];
  const silent: string[] = [];
  async function work(): Promise<void> {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const outcome = await call(socket, getTask, { containerId: id }, { signal, namespace });
      if (!outcome.ok && outcome.code !== deadlineExceeded && outcome.code !== notFound)
        throw failWith(outcome.finding.reason, outcome.finding.detail);
      const { process } = outcome.ok ? outcome.reply : { process: null };
      const hung = outcome.ok ? process !== null && isSilent(process) : outcome.code === deadlineExceeded;
      if (hung) silent.push(id);
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, ids.length) }, work));
  return silent;
}

interface Found {
  readonly namespace: string;
  readonly tasks: number;
  readonly silent: readonly string[];
}

async function lookInto(place: Place, timeoutMs: number): Promise<Found> {
  const { socket, namespace } = place;
  const listed = await listPatiently(place, timeoutMs * listShare);
  const bundles = await readBundles(bundlesFolder(socket, namespace));
  if (listed === null && bundles.length === 0)
    throw failWith('probe.timeout', `the tasks of ${namespace} are not listed, and there are none to be asked for`);
  const told = new Set(listed?.map(({ id }) => id));
  const doubtful = bundles.filter((id) => !told.has(id));
  const asked = await askOneByOne(place, doubtful);
  const silent = [...(listed ?? []).filter(isSilent).map(({ id }) => id), ...asked];
  return { namespace, tasks: Math.max(told.size, bundles.length), silent: silent.sort() };
}

export function createShimsLook({ call }: Pick<GrpcClients, 'call'>, procFolder: string): Look<'containerd'> {
  return async ({ socket }, { signal, timeoutMs }: LookContext) => {
    const found = await Promise.all(
      namespaces.map((namespace) => lookInto({ call, socket, namespace, signal }, timeoutMs)),
    );
    const silent = found.flatMap(({ namespace, silent: ids }) => ids.map((id) => ({ namespace, id })));
    const first = silent[0];
    if (first === undefined) {
      return finding('probe.ok', `${found.reduce((sum, { tasks }) => sum + tasks, 0)} shims answer`);
    }
    const bundle = join(bundlesFolder(socket, first.namespace), first.id);
    const shim = await describeShim(procFolder, bundle, first);
    const more = silent.length === 1 ? '' : `; ${silent.length - 1} more do not answer`;
    return finding('probe.shim-hung', `container ${first.namespace}/${first.id}: ${shim}${more}`);
  };
}
