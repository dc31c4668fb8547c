/**
 * Removing what a lab made: processes (by its own cgroup), mounts (below its own folder), network namespaces (by its id), records.
 * Called by lab.close(), by the guard when the test process is gone, and for dead labs when the next one starts. Safe to repeat.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { labsWithCgroups, removeCgroup } from './cgroup.ts';
import { mustRun, runCommand } from './command.ts';
import { LAB_PREFIX, LAB_RUNS, say } from './places.ts';

interface Owner {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: tells the process from a later one with the same number. */
  readonly startTicks: string;
}

function startTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie is dead, whatever its parent has yet to hear.
    return state === 'Z' || state === 'X' ? null : (fields[18] ?? null);
  } catch {
    // No such process: that is the answer.
    return null;
  }
}

/** Notes that this process owns the lab `id`, then makes its folder. */
export function recordOwner(id: string): void {
  mkdirSync(LAB_RUNS, { recursive: true });
  const owner: Owner = { pid: process.pid, startTicks: startTicks(process.pid) ?? '' };
  writeFileSync(`${LAB_RUNS}/${id}.json`, JSON.stringify(owner));
  mkdirSync(`${LAB_RUNS}/${id}`, { recursive: true });
}

function ownerLives(id: string): boolean {
  try {
    const owner = JSON.parse(readFileSync(`${LAB_RUNS}/${id}.json`, 'utf8')) as Owner;
    return owner.startTicks === startTicks(owner.pid);
  } catch {
    // No record or half of one: its writer is gone, since the record is made before anything else.
    return false;
  }
}

async function unmountBelow(folder: string): Promise<void> {
  const points = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point === folder || point.startsWith(`${folder}/`));
  for (const point of points.reverse()) {
    const result = await runCommand(['umount', point]);
    if (result.code !== 0) await runCommand(['umount', '--lazy', point]);
  }
}

async function removeNamespaces(id: string): Promise<void> {
  const folder = '/run/netns';
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(`${LAB_PREFIX}${id}`))) {
    await runCommand(['ip', 'netns', 'delete', name]);
  }
}

/** nspawn keeps a folder per machine on the host, one of them a mount point. */
async function removeMachineFolders(id: string): Promise<void> {
  for (const folder of ['/run/systemd/nspawn/unix-export', '/run/systemd/nspawn/propagate']) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder).filter((entry) => entry.startsWith(`${LAB_PREFIX}${id}`))) {
      await unmountBelow(`${folder}/${name}`);
      rmSync(`${folder}/${name}`, { recursive: true, force: true });
    }
  }
}

/** Removes everything of the lab `id`. Throws when a process of it cannot be ended. */
export async function removeLab(id: string): Promise<void> {
  await removeCgroup(id);
  await removeMachineFolders(id);
  await unmountBelow(`${LAB_RUNS}/${id}`);
  await removeNamespaces(id);
  rmSync(`${LAB_RUNS}/${id}`, { recursive: true, force: true });
  rmSync(`${LAB_RUNS}/${id}.json`, { force: true });
}

/** Removes the labs whose test process is gone. */
export async function removeDeadLabs(): Promise<void> {
  mkdirSync(LAB_RUNS, { recursive: true });
  const recorded = readdirSync(LAB_RUNS).map((name) => name.replace(/\.json$/, ''));
  for (const id of new Set([...recorded, ...labsWithCgroups()])) {
    if (ownerLives(id)) continue;
    say(`removing what a killed run left behind (lab ${id})`);
    await removeLab(id);
  }
}

/** nspawn sends mounts into a node through this folder and needs it on a tmpfs where the host's /run is on a disk. */
export async function mountMachineFolder(): Promise<void> {
  const point = '/run/systemd/nspawn';
  mkdirSync(point, { recursive: true });
  if ((await runCommand(['mountpoint', '-q', point])).code === 0) return;
  await mustRun(['mount', '-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', point]);
}
