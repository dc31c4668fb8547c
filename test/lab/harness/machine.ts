/**
 * One nspawn process at a time on one overlay: the hardware of a node. Starts it, starts it again when the node asked for a reboot
 * (status 133), and knows the process id of its PID 1. The overlay, and so the node's files, outlive a reboot and a power cut.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { freezeCgroup, makeCgroup, removeCgroup } from './cgroup.ts';
import { mustRun } from './command.ts';
import { LAB_PREFIX } from './places.ts';
import { waitFor } from './wait.ts';

/** What nspawn ends with when the node asked for a reboot and --keep-unit leaves that to the caller. */
const REBOOT_WANTED = 133;
const BOOT_DEADLINE_MS = 120_000;

export interface MachineOptions {
  readonly lab: string;
  readonly name: string;
  /** The lab's own folder for this node. */
  readonly folder: string;
  readonly tree: string;
  readonly networkPath: string;
}

function childOf(pid: number): number | null {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return children.length === 1 ? Number(children[0]) : null;
}

/** The innermost process id is 1 once nspawn's helper processes are gone and PID 1 of the node runs. */
function isPidOne(pid: number): boolean {
  const line = /^NSpid:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
  return line.split(/\s+/).at(-1) === '1' && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'systemd';
}

async function mountOverlay({ name, folder, tree }: MachineOptions): Promise<string> {
  const root = `${folder}/root`;
  for (const part of ['upper', 'work', 'root']) mkdirSync(`${folder}/${part}`, { recursive: true });
  const layers = `lowerdir=${tree},upperdir=${folder}/upper,workdir=${folder}/work`;
  await mustRun(['mount', '-t', 'overlay', 'overlay', '-o', layers, root]);
  writeFileSync(`${root}/etc/machine-id`, `${randomBytes(16).toString('hex')}\n`);
  writeFileSync(`${root}/etc/hostname`, `${name}\n`);
  writeFileSync(`${root}/etc/hosts`, `127.0.0.1 localhost ${name}\n`);
  return root;
}

function nspawnArguments({ lab, name, networkPath }: MachineOptions, root: string): string[] {
  return [
    ...['systemd-nspawn', '-D', root, '--boot', '--register=no', '--keep-unit', '--quiet'],
    ...['-M', `${LAB_PREFIX}${lab}-${name}`, `--hostname=${name}`, `--network-namespace-path=${networkPath}`],
    ...['--capability=all', '--system-call-filter=@known'],
    // containerd's overlay snapshots do not work on an overlay.
    '--tmpfs=/var/lib/containerd',
  ];
}

export function createMachine(options: MachineOptions) {
  const { lab, name, folder } = options;
  let root = '';
  let nspawn: ChildProcess | null = null;
  let leader: number | null = null;
  let boots = 0;
  let closed = false;
  let ended: { code: number | null } | null = null;

  function launch(): void {
    const procs = makeCgroup(lab, name);
    const output = openSync(`${folder}/console`, 'a');
    // The shell enters the node's cgroup and then becomes nspawn; the script is fixed and takes its words as arguments.
    const script = 'while [ "$1" != -- ]; do echo 0 > "$1" || exit 1; shift; done; shift; exec "$@"';
    const argv = ['-c', script, 'sh', ...procs, '--', ...nspawnArguments(options, root)];
    // dockerd wants to write below /proc/sys/net, which a namespace given by its path leaves read-only otherwise.
    const vfs = { SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1', SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network' };
    const env = { ...process.env, ...vfs };
    const child = spawn('sh', argv, { detached: true, stdio: ['ignore', output, output], env });
    closeSync(output);
    child.unref();
    nspawn = child;
    leader = null;
    ended = null;
    boots += 1;
    child.once('exit', (code) => {
      leader = null;
      if (nspawn === child) ended = { code };
      if (code === REBOOT_WANTED && !closed && nspawn === child) launch();
    });
  }

  function findLeader(): number | null {
    if (leader !== null) return leader;
    const child = nspawn?.pid === undefined ? null : childOf(nspawn.pid);
    if (child !== null && isPidOne(child)) leader = child;
    return leader;
  }

  async function awaitLeader(): Promise<number> {
    return waitFor(
      () => {
        if (ended !== null && ended.code !== REBOOT_WANTED) return 'ended';
        return findLeader();
      },
      BOOT_DEADLINE_MS,
      `PID 1 of node ${name}`,
    ).then((value) => {
      if (value !== 'ended') return value;
      throw new Error(`cannot start node ${name}, nspawn ended with ${ended?.code}: ${consoleText().slice(-2000)}`);
    });
  }

  const consoleText = (): string => readFileSync(`${folder}/console`, 'utf8');

  return {
    /** Makes the overlay; files can be put below the returned root before the first start. */
    async prepare(): Promise<string> {
      root = await mountOverlay(options);
      return root;
    },
    start: async (): Promise<number> => {
      launch();
      return awaitLeader();
    },
    awaitLeader,
    /** Process id of the node's PID 1 on the host, or null while the node is off. */
    leader: (): number | null => (ended === null ? findLeader() : null),
    /** How often the node was started so far. */
    boots: (): number => boots,
    off: (): boolean => ended !== null && ended.code !== REBOOT_WANTED,
    consoleText,
    freeze: (frozen: boolean): void => freezeCgroup(lab, name, frozen),
    /** Ends every process of the node at once. The files stay. */
    async cutPower(): Promise<void> {
      nspawn = null;
      leader = null;
      ended = { code: null };
      await removeCgroup(lab, name);
    },
    async close(): Promise<void> {
      closed = true;
      await removeCgroup(lab, name);
    },
  };
}

export type Machine = ReturnType<typeof createMachine>;
