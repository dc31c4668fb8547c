/**
 * An independent witness of what is asked of systemd and logind on a node: `busctl monitor` there, its messages kept here. It sees every
 * caller on the bus, so that a test can say what a program did and, as important, did not do. (root's systemctl is not on the bus: it
 * talks to systemd through a private socket.)
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { runCommand } from './command.ts';
import { waitFor } from './wait.ts';

export interface BusMessage {
  readonly type: 'method_call' | 'method_return' | 'error' | 'signal';
  readonly cookie: number;
  readonly sender: string;
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** Arguments as busctl prints them, or null without any. */
  readonly args: unknown;
  /** Unix time on the node in microseconds. */
  readonly atUs: number;
}

export interface CallQuery {
  /** Unique bus name or names of the caller, as node.busNames gives them. */
  readonly sender?: string | readonly string[];
  readonly member?: string;
  /** Must be found in the call's arguments or path, like a unit's name. */
  readonly about?: string;
}

export interface Witness {
  /** Everything seen so far, oldest first. */
  messages(): readonly BusMessage[];
  /** Method calls seen so far that match. */
  calls(query?: CallQuery): BusMessage[];
  /** Like `calls`, only those that change the node: start, stop, restart, kill, reset-failed, reload, reboot ... */
  deeds(query?: CallQuery): BusMessage[];
  signals(member?: string): BusMessage[];
  /** Resolves to the first message for which `test` holds, seen already or later. */
  waitForMessage(test: (message: BusMessage) => boolean, deadlineMs: number, what: string): Promise<BusMessage>;
  /** Forgets what was seen so far. */
  clear(): void;
  close(): void;
}

const DEED =
  /^(Start|Stop|Restart|TryRestart|Reload|ReloadOr\w+|Kill|ResetFailed|Reset|Freeze|Thaw|Mask|Unmask|Enable|Disable|Enqueue|Clean|SetProperties|Reboot|PowerOff|Halt|Suspend|Hibernate|Schedule|KExec|Soft)/;
const READING = /^(Get|List|Load|Subscribe|Unsubscribe|Ref|Unref|Inhibit|Can|Introspect|Ping|Hello)/;

const MESSAGES_LIMIT = 200_000;

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parseMessage(line: string): BusMessage | null {
  if (!line.startsWith('{')) return null;
  const raw = JSON.parse(line) as Record<string, unknown>;
  const payload = raw['payload'] as { data?: unknown } | undefined;
  return {
    type: text(raw['type']) as BusMessage['type'],
    cookie: Number(raw['cookie']),
    sender: text(raw['sender']),
    destination: text(raw['destination']),
    path: text(raw['path']),
    interface: text(raw['interface']),
    member: text(raw['member']),
    args: payload?.data ?? null,
    atUs: Number(raw['timestamp-realtime'] ?? 0),
  };
}

function matches(message: BusMessage, { sender, member, about }: CallQuery): boolean {
  if (sender !== undefined && !(typeof sender === 'string' ? [sender] : sender).includes(message.sender)) return false;
  if (member !== undefined && message.member !== member) return false;
  return about === undefined || message.path.includes(about) || JSON.stringify(message.args).includes(about);
}

/** `enter` is the argv prefix that runs a program on the node. Resolves once the bus delivers to the monitor. */
export async function createWitness(enter: readonly string[], env: NodeJS.ProcessEnv): Promise<Witness> {
  const names = ['org.freedesktop.systemd1', 'org.freedesktop.login1'];
  const [program = '', ...rest] = [...enter, 'busctl', 'monitor', '--json=short', ...names];
  const child = spawn(program, rest, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let seen: BusMessage[] = [];
  let complaints = '';
  child.stderr.on('data', (piece: Buffer) => {
    complaints = (complaints + piece.toString()).slice(-4000);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = parseMessage(line);
    if (message !== null && seen.length < MESSAGES_LIMIT) seen.push(message);
  });
  // busctl does not say when it has begun to listen: harmless calls are made until it shows one.
  const peer = [
    'busctl',
    'call',
    'org.freedesktop.systemd1',
    '/org/freedesktop/systemd1',
    'org.freedesktop.DBus.Peer',
    'Ping',
  ];
  await waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(`busctl ended with ${child.exitCode}: ${complaints}`);
      await runCommand([...enter, ...peer], { env });
      return seen.length > 0;
    },
    20_000,
    'busctl monitor to start',
  );
  seen = [];

  const calls = (query: CallQuery = {}): BusMessage[] =>
    seen.filter((message) => message.type === 'method_call' && matches(message, query));

  return {
    messages: () => seen,
    calls,
    deeds: (query = {}) => calls(query).filter(({ member }) => DEED.test(member) && !READING.test(member)),
    signals: (member) => seen.filter((message) => message.type === 'signal' && (!member || message.member === member)),
    waitForMessage: (test, deadlineMs, what) => waitFor(() => seen.find(test), deadlineMs, what),
    clear: () => {
      seen = [];
    },
    close: () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    },
  };
}
