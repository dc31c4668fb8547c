/** The processes of a unit: where each of them is waiting. Read one after another, so that a read that hangs is one at most. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readStart } from '../probe/read-file.ts';

/** containerd's unit holds a shim for every pod; the first ones and the main process have to do. */
const mostProcesses = 32;
const mostBytes = 4_096;
const mostListBytes = 65_536;
const cgroupRoots = ['/sys/fs/cgroup', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified'] as const;

const read = (path: string): Promise<string> =>
  readStart(path, mostBytes).then(
    (content) => content.toString('utf8'),
    (error: NodeJS.ErrnoException) => `cannot read: ${error.code}`,
  );

export async function readNamed(folder: string, names: readonly string[]): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const name of names) texts[name] = await read(join(folder, name));
  return texts;
}

/** Processes of a control group: in cgroup v2, or in systemd's own hierarchy of v1. */
async function pidsOf(controlGroup: string): Promise<readonly string[]> {
  for (const root of cgroupRoots) {
    const path = join(root, controlGroup, 'cgroup.procs');
    const text = await readStart(path, mostListBytes).then(String, () => '');
    if (text !== '') return text.trim().split('\n');
  }
  return [];
}

/** State, wait channel and kernel stack (which takes rights that the service does not have) of the main process and of the others. */
export async function readProcesses(
  procFolder: string,
  controlGroup: string,
  mainPid: number,
): Promise<Record<string, unknown>> {
  const others = controlGroup === '' ? [] : await pidsOf(controlGroup);
  const pids = [...new Set([...(mainPid > 0 ? [String(mainPid)] : []), ...others])].slice(0, mostProcesses);
  const processes: Record<string, unknown> = {};
  for (const pid of pids) {
    const folder = join(procFolder, pid);
    const threads = await readdir(join(folder, 'task')).catch(() => []);
    processes[pid] = {
      ...(await readNamed(folder, ['comm', 'stat', 'status', 'wchan', 'stack'])),
      threads: threads.length,
    };
  }
  return processes;
}
