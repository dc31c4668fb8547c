/** Finds the process of a container's shim, for a person to look at. Reads /proc and containerd's state folder; changes nothing. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readStart } from '../probe/read-file.ts';
import { type ProcessStatus, parseProcessStatus } from '../process/look.ts';

const mostBytes = 8_192;
/** Processes whose command lines are read at most, in search of a shim whose container has ended. */
const mostProcesses = 4_096;

export interface Container {
  readonly namespace: string;
  readonly id: string;
}

/** Empty when it cannot be read: the process may be gone. */
const readText = async (path: string): Promise<string> =>
  readStart(path, mostBytes).then(
    (content) => content.toString('latin1'),
    () => '',
  );

const readStatus = async (procFolder: string, pid: number): Promise<ProcessStatus | null> =>
  parseProcessStatus(await readText(join(procFolder, String(pid), 'status')));

const readArguments = async (procFolder: string, pid: number): Promise<string[]> =>
  (await readText(join(procFolder, String(pid), 'cmdline'))).split('\0');

const isShim = (argv: readonly string[]): boolean => argv[0]?.includes('containerd-shim') === true;

/** The shim is the parent of the container's first process, as long as that lives. */
async function byChild(procFolder: string, bundle: string): Promise<number | null> {
  const child = Number(await readText(join(bundle, 'init.pid')));
  if (!Number.isInteger(child) || child <= 0) return null;
  const parent = (await readStatus(procFolder, child))?.parent ?? 0;
  return parent > 1 && isShim(await readArguments(procFolder, parent)) ? parent : null;
}

/** A shim that has lost its container still has its name on the command line; in a pod that is the sandbox's. */
async function byName(procFolder: string, { namespace, id }: Container): Promise<number | null> {
  const names = await readdir(procFolder).catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).slice(0, mostProcesses);
  for (const pid of pids) {
    const argv = await readArguments(procFolder, Number(pid));
    const named = argv[argv.indexOf('-id') + 1] === id && argv[argv.indexOf('-namespace') + 1] === namespace;
    if (isShim(argv) && named) return Number(pid);
  }
  return null;
}

/** For a person: which process the shim is and in what state. */
export async function describeShim(procFolder: string, bundle: string, container: Container): Promise<string> {
  const pid = (await byChild(procFolder, bundle)) ?? (await byName(procFolder, container));
  if (pid === null) return 'its shim does not answer';
  const state = (await readStatus(procFolder, pid))?.state ?? 'gone';
  return `its shim, process ${pid} (${state}), does not answer`;
}
