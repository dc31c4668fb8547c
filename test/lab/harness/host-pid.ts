/** From a process id on a node to the one the test machine's kernel knows it by, to signal it without starting a program there. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The process id in the innermost namespace the process is in. */
function innermost(pid: string): number {
  const line = /^NSpid:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
  return Number(line.split(/\s+/).at(-1));
}

/** `leader` is the node's PID 1 as the test machine sees it. Throws when there is no such process on the node. */
export function hostPid(leader: number, pid: number): number {
  const space = readlinkSync(`/proc/${leader}/ns/pid`);
  const found = readdirSync('/proc').find((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/ns/pid`) === space && innermost(name) === pid;
    } catch {
      // It ended while it was looked at, so it is not the one.
      return false;
    }
  });
  if (found === undefined) throw new Error(`there is no process ${pid} on the node`);
  return Number(found);
}
