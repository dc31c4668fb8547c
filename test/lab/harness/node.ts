/** One real systemd node as the tests use it: commands, files, units, signals, reboots. Made by lab.node(). */
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type CommandOptions, type CommandResult, runCommand } from './command.ts';
import type { Machine } from './machine.ts';
import type { NodeNetwork } from './network.ts';
import { waitFor } from './wait.ts';
import { createWitness, type Witness } from './witness.ts';

const BOOT_DEADLINE_MS = 120_000;

/** What a login of root would have, and nothing of the test process. */
const ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
  TERM: 'dumb',
  SYSTEMD_PAGER: '',
  SYSTEMD_COLORS: '0',
  DEBIAN_FRONTEND: 'noninteractive',
};

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Runs on the test machine's Node but in the node's network; prints the reply as JSON. */
const FETCH = `const [url, method, timeout] = process.argv.slice(1);
const reply = await fetch(url, { method, redirect: 'manual', signal: AbortSignal.timeout(Number(timeout)) });
console.log(JSON.stringify({ status: reply.status, headers: Object.fromEntries(reply.headers), body: await reply.text() }));`;

function parseProperties(text: string): Record<string, string> {
  const pairs = text.split('\n').map((line): [string, string] => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)];
  });
  return Object.fromEntries(pairs.filter(([key]) => key !== ''));
}

export function createNode(name: string, machine: Machine, network: NodeNetwork) {
  const witnesses: Witness[] = [];

  function leaderPid(): number {
    const pid = machine.leader();
    if (pid === null) throw new Error(`node ${name} is not running`);
    return pid;
  }

  function run(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    const enter = ['nsenter', '-t', String(leaderPid()), '-m', '-u', '-i', '-n', '-p', '-C', '--'];
    return runCommand([...enter, ...argv], { env: ENVIRONMENT, ...options });
  }

  async function ok(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
    const result = await run(argv, options);
    if (result.code === 0) return result.stdout;
    const how = result.timedOut ? 'was killed at its deadline' : `ended with ${result.code}`;
    throw new Error(`${name}: "${argv.join(' ')}" ${how}: ${(result.stderr + result.stdout).trim().slice(-4000)}`);
  }

  /** Where a path of the node is found from the test process. Absolute symlinks on the way lead to the wrong place. */
  const hostPath = (path: string): string => `/proc/${leaderPid()}/root${path}`;

  function write(path: string, text: string | Uint8Array, mode = 0o644): void {
    mkdirSync(dirname(hostPath(path)), { recursive: true });
    writeFileSync(hostPath(path), text);
    chmodSync(hostPath(path), mode);
  }

  async function unit(unitName: string): Promise<Record<string, string>> {
    return parseProperties(await ok(['systemctl', 'show', '--all', unitName]));
  }

  async function mainPid(unitName: string): Promise<number> {
    return Number((await unit(unitName))['MainPID'] ?? '0');
  }

  /** The unique bus names held by the unit's processes now: what a witness's messages have as `sender`. */
  async function busNames(unitName: string): Promise<string[]> {
    const list = JSON.parse(await ok(['busctl', 'list', '--json=short'])) as { name: string; unit: string | null }[];
    return list.filter((entry) => entry.unit === unitName && entry.name.startsWith(':')).map((entry) => entry.name);
  }

  /** Sends `signal` to the unit's main process, or to all of its processes, straight and not through a job. */
  async function signal(unitName: string, signalName: string, whom: 'main' | 'all' = 'main'): Promise<void> {
    await ok(['systemctl', 'kill', `--kill-whom=${whom}`, `--signal=${signalName}`, unitName]);
  }

  async function http(
    url: string,
    options: { readonly method?: string; readonly timeoutMs?: number } = {},
  ): Promise<HttpReply> {
    const timeoutMs = options.timeoutMs ?? 10_000;
    const program = [
      process.execPath,
      '--input-type=module',
      '-e',
      FETCH,
      '--',
      url,
      options.method ?? 'GET',
      String(timeoutMs),
    ];
    const enter = ['nsenter', '-t', String(leaderPid()), '-n', '--'];
    const result = await runCommand([...enter, ...program], { timeoutMs: timeoutMs + 10_000 });
    if (result.code !== 0) throw new Error(`${name}: no reply from ${url}: ${result.stderr.trim().slice(-1000)}`);
    return JSON.parse(result.stdout) as HttpReply;
  }

  const bootId = async (): Promise<string> => (await ok(['cat', '/proc/sys/kernel/random/boot_id'])).trim();

  /** Resolves once systemd has started what it starts at boot; the state is `running` or `degraded`. */
  async function awaitBooted(): Promise<string> {
    await machine.awaitLeader();
    return waitFor(
      async () => {
        const state = (await run(['systemctl', 'is-system-running'])).stdout.trim();
        return state === 'running' || state === 'degraded' ? state : null;
      },
      BOOT_DEADLINE_MS,
      `node ${name} to have booted`,
    );
  }

  /** Resolves once the node has booted anew after boot number `before` (see `boots`), whoever asked for it. */
  async function awaitReboot(before: number): Promise<void> {
    await waitFor(() => machine.boots() > before, BOOT_DEADLINE_MS, `node ${name} to reboot`);
    await awaitBooted();
  }

  async function reboot(): Promise<void> {
    const before = machine.boots();
    await run(['systemctl', 'reboot']);
    await awaitReboot(before);
  }

  async function witness(): Promise<Witness> {
    const made = await createWitness(
      ['nsenter', '-t', String(leaderPid()), '-m', '-u', '-i', '-n', '-p', '-C', '--'],
      ENVIRONMENT,
    );
    witnesses.push(made);
    return made;
  }

  async function powerOn(): Promise<void> {
    await machine.start();
    await awaitBooted();
  }

  function stopWitnesses(): void {
    for (const made of witnesses.splice(0)) made.close();
  }

  return {
    name,
    address: network.address,
    leaderPid,
    hostPath,
    run,
    ok,
    write,
    read: (path: string): string => readFileSync(hostPath(path), 'utf8'),
    copyIn: (from: string, to: string): void => cpSync(from, hostPath(to), { recursive: true }),
    unit,
    mainPid,
    busNames,
    signal,
    http,
    journal: (unitName: string): Promise<string> =>
      ok(['journalctl', '--no-pager', '-o', 'short-monotonic', '-u', unitName]),
    console: machine.consoleText,
    bootId,
    boots: machine.boots,
    reboot,
    awaitReboot,
    awaitBooted,
    /** Every process ends at once, as when the plug is pulled. The files stay; `powerOn` boots again. */
    powerCut: (): Promise<void> => {
      stopWitnesses();
      return machine.cutPower();
    },
    /** Every process of the node stands still until this is called with false. Commands that need one of them hang so long. */
    freeze: machine.freeze,
    powerOn,
    isOff: machine.off,
    plug: network.plug,
    witness,
    waitFor,
    close: (): Promise<void> => {
      stopWitnesses();
      return machine.close();
    },
  };
}

export type LabNode = ReturnType<typeof createNode>;
