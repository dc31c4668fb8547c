/** The single pieces of evidence. Each is bounded in size, gives what it got, and never throws: a piece that cannot be had says why. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { runCommand } from '../exec/run.ts';

const mostProcesses = 64;
const mostBytes = 16_384;
const journalLines = '200';
const journalBytes = 131_072;

async function readBounded(path: string): Promise<string> {
  return readFile(path, 'utf8').then(
    (text) => text.slice(0, mostBytes),
    (error: NodeJS.ErrnoException) => `cannot read: ${error.code}`,
  );
}

async function readNamed(folder: string, names: readonly string[]): Promise<Record<string, string>> {
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readBounded(join(folder, name))])),
  );
}

export function readPressures(): Promise<Record<string, string>> {
  return readNamed('/proc/pressure', ['cpu', 'io', 'memory']);
}

/** Processes of the unit's control group: in cgroup v2, or in systemd's own hierarchy of v1. */
async function pidsOf(controlGroup: string): Promise<readonly string[]> {
  for (const root of ['/sys/fs/cgroup', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified']) {
    const text = await readFile(join(root, controlGroup, 'cgroup.procs'), 'utf8').catch(() => '');
    if (text !== '') return text.trim().split('\n').slice(0, mostProcesses);
  }
  return [];
}

/** State, wait channel and kernel stack: where a process that does not answer is waiting. */
export async function readProcesses(controlGroup: string, mainPid: number): Promise<Record<string, unknown>> {
  const pids = new Set([
    ...(mainPid > 0 ? [String(mainPid)] : []),
    ...(controlGroup === '' ? [] : await pidsOf(controlGroup)),
  ]);
  const read = async (pid: string) => {
    const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
    return [
      pid,
      { ...(await readNamed(`/proc/${pid}`, ['comm', 'stat', 'status', 'wchan', 'stack'])), threads: threads.length },
    ] as const;
  };
  return Object.fromEntries(await Promise.all([...pids].map(read)));
}

export async function readJournal(run: typeof runCommand, unit: string, timeoutMs: number): Promise<string> {
  const argv = [
    'journalctl',
    '--unit',
    unit,
    '--lines',
    journalLines,
    '--output',
    'short-monotonic',
    '--no-pager',
    '--quiet',
  ];
  const { stdout, stderr, timedOut } = await run(argv, { timeoutMs, maxBytes: journalBytes });
  return timedOut ? `${stdout}\n(cut short: the journal did not answer in time)` : stdout || stderr;
}
