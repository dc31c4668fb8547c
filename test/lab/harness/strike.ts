/**
 * Signals to the main process of a unit, sent from the test machine at a moment that is known by CLOCK_MONOTONIC. The node shares that clock, so
 * the moment compares with the time stamps of its systemd.
 */
import { readFileSync } from 'node:fs';
import type { LabNode } from './node.ts';
import type { BusMessage, Witness } from './witness.ts';

export interface Strike {
  readonly unit: string;
  /** The main process that was struck, as the node numbers it. */
  readonly pid: number;
  /** CLOCK_MONOTONIC in milliseconds, just before the signal was sent. */
  readonly atMs: number;
}

/** CLOCK_MONOTONIC in milliseconds. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** A process's number on the test machine: the kernel translates the members of a control group for whoever reads them. */
async function hostPid(node: LabNode, unit: string, pid: number): Promise<number> {
  const { ControlGroup: group = '' } = await node.unit(unit);
  const members = readFileSync(node.hostPath(`/sys/fs/cgroup${group}/cgroup.procs`), 'utf8')
    .trim()
    .split('\n');
  const found = members.find((member) => {
    const numbers = /^NSpid:\s*(.*)$/m.exec(readFileSync(`/proc/${member}/status`, 'utf8'))?.[1] ?? '';
    return numbers.split(/\s+/).at(-1) === String(pid);
  });
  if (found === undefined) throw new Error(`cannot find process ${pid} of ${unit} on the test machine`);
  return Number(found);
}

export async function strike(node: LabNode, unit: string, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGTERM'): Promise<Strike> {
  const pid = await node.mainPid(unit);
  const target = await hostPid(node, unit, pid);
  const atMs = nowMs();
  process.kill(target, signal);
  return { unit, pid, atMs };
}

const objectPath = (unit: string): string =>
  `/org/freedesktop/systemd1/unit/${unit.replace(/[^A-Za-z0-9]/g, (char) => `_${char.charCodeAt(0).toString(16)}`)}`;

/** The changed properties of the unit that a message of systemd's tells, or null when it tells none. */
function changedProperties(message: BusMessage, unit: string): Readonly<Record<string, unknown>> | null {
  if (message.member !== 'PropertiesChanged' || message.path !== objectPath(unit)) return null;
  const changed = (message.args as [string, Record<string, { data: unknown }>])[1];
  return Object.fromEntries(Object.entries(changed).map(([name, { data }]) => [name, data]));
}

export interface NewMain {
  readonly pid: number;
  /** From the strike to the start of the new main process, as systemd stamped it. */
  readonly afterMs: number;
  /** Its start as Unix time in microseconds, like the time of a witness's message. */
  readonly startedUs: number;
}

/** Resolves once the witness has heard systemd tell of another main process than the one that was struck. */
export async function awaitNewMain(witness: Witness, struck: Strike, deadlineMs: number): Promise<NewMain> {
  const read = (message: BusMessage): NewMain | null => {
    const changed = changedProperties(message, struck.unit) ?? {};
    const pid = Number(changed['MainPID'] ?? 0);
    const afterMs = Number(changed['ExecMainStartTimestampMonotonic']) / 1_000 - struck.atMs;
    if (pid === 0 || pid === struck.pid || !(afterMs > 0)) return null;
    return { pid, afterMs, startedUs: Number(changed['ExecMainStartTimestamp']) };
  };
  const told = await witness.waitForMessage(
    (message) => read(message) !== null,
    deadlineMs,
    `a new main process of ${struck.unit}`,
  );
  return read(told) as NewMain;
}
