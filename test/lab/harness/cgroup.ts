/**
 * One cgroup per node, made by the lab itself. nspawn otherwise puts every node that it starts from here into the same `payload`
 * cgroup, where a unit's processes on one node would be killed along with those of the same unit on another.
 * It is also the list of what is ours to end: no process is found by its name.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { LAB_PREFIX } from './places.ts';
import { waitFor } from './wait.ts';

/** The hierarchies nspawn follows: the only one on a cgroup 2 host, two of them where cgroup 2 is mounted beside version 1. */
function hierarchies(): string[] {
  if (existsSync('/sys/fs/cgroup/cgroup.controllers')) return ['/sys/fs/cgroup'];
  return ['/sys/fs/cgroup/unified', '/sys/fs/cgroup/systemd'].filter((path) => existsSync(`${path}/cgroup.procs`));
}

/** Makes the node's cgroup; resolves to the `cgroup.procs` files a process must write itself into to enter it. */
export function makeCgroup(lab: string, node: string): string[] {
  return hierarchies().map((root) => {
    const path = `${root}/${LAB_PREFIX}${lab}/${node}`;
    mkdirSync(path, { recursive: true });
    return `${path}/cgroup.procs`;
  });
}

/** Stops every process of a node where it stands, PID 1 among them, or lets them go on: what a suspend looks like from within. */
export function freezeCgroup(lab: string, node: string, frozen: boolean): void {
  // The freezer of cgroup 2 belongs to its core and needs no controller.
  const root = hierarchies().find((path) => existsSync(`${path}/${LAB_PREFIX}${lab}/${node}/cgroup.freeze`));
  if (root === undefined) throw new Error('cannot freeze a node: there is no cgroup 2 hierarchy on this machine');
  writeFileSync(`${root}/${LAB_PREFIX}${lab}/${node}/cgroup.freeze`, frozen ? '1' : '0');
}

function folders(path: string): string[] {
  const below = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...below.flatMap((entry) => folders(`${path}/${entry.name}`)), path];
}

function killAll(path: string): void {
  if (existsSync(`${path}/cgroup.kill`)) {
    writeFileSync(`${path}/cgroup.kill`, '1');
    return;
  }
  for (const folder of folders(path)) {
    for (const pid of readFileSync(`${folder}/cgroup.procs`, 'utf8').split('\n').filter(Boolean)) {
      process.kill(Number(pid), 'SIGKILL');
    }
  }
}

async function removeTree(path: string): Promise<void> {
  await waitFor(
    () => {
      if (!existsSync(path)) return true;
      // Throws while a process is still ending; tried again until it works.
      killAll(path);
      for (const folder of folders(path)) rmdirSync(folder);
      return true;
    },
    20_000,
    `the processes in ${path} to end`,
  );
}

/** Ends every process in the cgroups of a lab, or of one node of it, and removes them. */
export async function removeCgroup(lab: string, node?: string): Promise<void> {
  for (const root of hierarchies()) {
    await removeTree(node === undefined ? `${root}/${LAB_PREFIX}${lab}` : `${root}/${LAB_PREFIX}${lab}/${node}`);
  }
}

/** The ids of all labs that have cgroups, dead or alive. */
export function labsWithCgroups(): string[] {
  const names = hierarchies().flatMap((root) => readdirSync(root));
  return [...new Set(names.filter((name) => name.startsWith(LAB_PREFIX)).map((name) => name.slice(LAB_PREFIX.length)))];
}
