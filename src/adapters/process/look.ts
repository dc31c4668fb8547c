/**
 * The `unit` probe: whether the main process of a unit can run at all. A stopped (T), traced (t), dead but not reaped (Z, X) process is
 * `probe.stopped`. D, a sleep that no signal ends, is every process's for moments: it is `probe.blocked` only when two reads 200 ms
 * apart find the process in D without having run in between (its context switches have not moved).
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, type Finding, failWith, finding } from '../probe/finding.ts';
import type { Look } from '../probe/look.ts';

const betweenReadsMs = 200;

export interface ProcessLookParts {
  readonly mainPid: (unit: string) => number;
  readonly procFolder: string;
}

export interface ProcessStatus {
  readonly name: string;
  readonly parent: number;
  /** The letter: R, S, D, I, T, t, Z, X. */
  readonly state: string;
  readonly switches: number;
}

const field = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(text)?.[1];

/** Null when the text is no /proc/PID/status. */
export function parseProcessStatus(text: string): ProcessStatus | null {
  const state = field(text, 'State')?.[0];
  if (state === undefined) return null;
  const switches = Number(field(text, 'voluntary_ctxt_switches')) + Number(field(text, 'nonvoluntary_ctxt_switches'));
  return { name: field(text, 'Name') ?? '', parent: Number(field(text, 'PPid')), state, switches };
}

const words: Readonly<Record<string, string>> = {
  T: 'stopped by a signal',
  t: 'stopped by a tracer',
  Z: 'a zombie',
  X: 'dead',
  D: 'in uninterruptible sleep',
};

/**
 * Read at once: the kernel gives this file without waiting for anything, in 20 µs, and Node's threads, which would be asked otherwise, may all
 * be waiting for a dead disk, which is nothing to be said of the process.
 */
function readStatus(procFolder: string, pid: number): ProcessStatus {
  const path = `${procFolder}/${pid}/status`;
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch (error) {
    const ended = codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH';
    throw ended ? failWith('probe.failed', `process ${pid} has just ended`) : error;
  }
  const status = parseProcessStatus(text);
  if (status === null) throw failWith('probe.failed', `cannot read the state of process ${pid} from ${path}`);
  return status;
}

function judge(pid: number, { name, state }: ProcessStatus): Finding {
  const word = words[state];
  const who = `process ${pid} (${name})`;
  if (word === undefined) return finding('probe.ok', `${who} ${state}`);
  return finding(state === 'D' ? 'probe.blocked' : 'probe.stopped', `${who} is ${word} (${state})`);
}

/** Judges two reads of a process that was in D at the first. */
export function judgeReads(pid: number, first: ProcessStatus, second: ProcessStatus): Finding {
  const ran = second.switches !== first.switches;
  if (second.state === 'D' && ran) return finding('probe.ok', `process ${pid} (${second.name}) sleeps in D at times`);
  return judge(pid, second);
}

export function createProcessLook({ mainPid, procFolder }: ProcessLookParts): Look<'unit'> {
  return async (_target, { unit, signal }) => {
    const pid = mainPid(unit);
    if (!Number.isInteger(pid) || pid <= 0) return finding('probe.failed', `${unit} has no main process`);
    const first = readStatus(procFolder, pid);
    if (first.state !== 'D') return judge(pid, first);
    await delay(betweenReadsMs, undefined, { signal });
    return judgeReads(pid, first, readStatus(procFolder, pid));
  };
}
