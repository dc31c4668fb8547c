/**
 * What containerd and dockerd are doing, by their own word: on SIGUSR1 they write their goroutines to a file. INVARIANT: the signal is never
 * sent to a process that does not handle it: it would end by it.
 */
import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readStart } from '../probe/read-file.ts';

/** Writing 1000 goroutines takes some 10 ms. */
const dumpMs = 500;
/** A goroutine is about 1 KiB. */
const mostBytes = 262_144;
/** Bit of signal 10 in the masks of /proc/PID/status, where signal 1 is bit 0. */
const usr1 = 1n << 9n;

/** Why a process is not asked, by its /proc/PID/status; null when it may be. */
export function parseObstacle(status: string): string | null {
  const state = /^State:\s*(\S)/m.exec(status)?.[1] ?? '';
  if (['T', 't', 'Z', 'X'].includes(state)) return `the process cannot answer, its state is ${state}`;
  const caught = /^SigCgt:\s*([0-9a-f]{16})$/m.exec(status)?.[1];
  if (caught === undefined) return 'it is not known which signals the process handles';
  return (BigInt(`0x${caught}`) & usr1) === 0n ? 'the process does not handle SIGUSR1' : null;
}

/** Reads and acts in one turn: in between the process could give its number to another. Null when the process was asked. */
function ask(procFolder: string, pid: number): string | null {
  try {
    const obstacle = parseObstacle(readFileSync(join(procFolder, String(pid), 'status'), 'latin1'));
    if (obstacle === null) process.kill(pid, 'SIGUSR1');
    return obstacle;
  } catch (error) {
    return `the process cannot be asked: ${(error as NodeJS.ErrnoException).code}`;
  }
}

/** Newest of dockerd's files; their names hold the time. */
async function newest(folder: string): Promise<string | null> {
  const names = await readdir(folder).catch(() => []);
  const last = names
    .filter((name) => /^goroutine-stacks-.*\.log$/.test(name))
    .sort()
    .at(-1);
  return last === undefined ? null : join(folder, last);
}

/** Where the two write to, seen through their own root: that of a service with PrivateTmp is another than ours. */
async function readDump(root: string, pid: number, sinceWallMs: number): Promise<string> {
  for (const path of [join(root, `tmp/containerd.${pid}.stacks.log`), await newest(join(root, 'run/docker'))]) {
    const written = path === null ? null : await stat(path).catch(() => null);
    if (path !== null && written !== null && written.mtimeMs >= sinceWallMs)
      return (await readStart(path, mostBytes)).toString('utf8');
  }
  return 'asked for; where it was written to is not known, the journal may tell';
}

/** The dump, or one line that says why there is none. */
export async function dumpGoroutines(procFolder: string, pid: number, wallMs: number): Promise<string> {
  const obstacle = ask(procFolder, pid);
  if (obstacle !== null) return obstacle;
  await delay(dumpMs);
  // File systems round times; a dump of an earlier repair is older than a second.
  return readDump(join(procFolder, String(pid), 'root'), pid, wallMs - 1_000);
}
