/**
 * Runs a program: argv arrays, never a shell, no input, an environment of its own. The only home of execa. At the deadline the whole
 * process group gets SIGKILL, and what a command leaves behind in its group when it ends gets it too: looks repeat for ever, so
 * leftovers would pile up. What has to outlive its command needs a session of its own (systemd-run, setsid).
 */
import type { Readable } from 'node:stream';
import { execa } from 'execa';

export interface CommandOptions {
  readonly timeoutMs: number;
  /** Of each stream so many bytes are kept; the rest is read and dropped. */
  readonly maxBytes: number;
  /** Ends the command early, as the deadline does. */
  readonly signal?: AbortSignal;
  /** Added to PATH and LANG, which are all a command gets: no secret and no notify socket of the daemon's reaches it. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface CommandResult {
  /** Null when the program did not start, was ended by a signal, or has not ended. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It was ended by the deadline, or by the signal. */
  readonly timedOut: boolean;
  /** Why it did not start: ENOENT, EACCES, ...; null when it did. */
  readonly failedToStart: string | null;
}

export interface Command {
  /** Never rejects; resolves at the deadline and a little, even when the process cannot be ended. */
  readonly result: Promise<CommandResult>;
  /** Resolves when there is no such process any more. */
  readonly gone: Promise<void>;
}

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** SIGKILL is served at once, but for a process in uninterruptible sleep. */
const killPatienceMs = 500;
/** What a command wrote is in the pipe when it ends; the end of the pipe may never come, when somebody else holds it. */
const drainMs = 100;

function collect(stream: Readable, maxBytes: number): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    if (bytes < maxBytes) chunks.push(chunk.subarray(0, maxBytes - bytes));
    bytes += chunk.length;
  });
  // A broken pipe of a dying command is no news: its status tells.
  stream.on('error', () => undefined);
  return () => Buffer.concat(chunks).toString('utf8');
}

function spawn(argv: readonly string[], env: CommandOptions['env']) {
  const [program = '', ...parameters] = argv;
  return execa(program, parameters, {
    reject: false,
    buffer: false,
    stdin: 'ignore',
    cwd: '/',
    extendEnv: false,
    env: { PATH: process.env['PATH'] ?? searchPath, LANG: 'C.UTF-8', ...env },
    killDescendants: true,
    killSignal: 'SIGKILL',
    forceKillAfterDelay: false,
    // Ours to do: execa's own would put handlers for the signals of the whole daemon.
    cleanup: false,
  });
}

const after = (ms: number, work: () => void): (() => void) => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};

function notStarted(failedToStart: string): Command {
  const result = { exitCode: null, signal: null, stdout: '', stderr: '', timedOut: false, failedToStart };
  return { result: Promise.resolve(result), gone: Promise.resolve() };
}

/** The moments of a process's life, each told once. */
function momentsOf(child: ReturnType<typeof spawn>) {
  const { nodeChildProcess } = child;
  const started = new Promise<string | null>((resolve) => {
    nodeChildProcess.once('spawn', () => resolve(null));
    // Whatever keeps it from starting comes as the result; a process that did start has said so long before.
    void child.then((result) => resolve(result.code ?? result.originalMessage ?? 'it did not start'));
  });
  const ended = new Promise<{ exitCode: number | null; signal: string | null }>((resolve) => {
    nodeChildProcess.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
  const closed = new Promise<void>((resolve) => {
    nodeChildProcess.once('close', () => resolve());
  });
  const gone = started.then(async (failure) => {
    if (failure === null) await ended;
  });
  return { started, ended, closed, gone };
}

/** Calls `kill` at the deadline or the signal; a process that does not even obey that is left behind a little later. */
async function endInTime(
  followed: Promise<CommandResult>,
  { timeoutMs, signal }: CommandOptions,
  kill: () => void,
  leave: () => CommandResult,
): Promise<CommandResult> {
  let stopLast = (): void => undefined;
  const { promise: left, resolve } = Promise.withResolvers<CommandResult>();
  const end = (): void => {
    kill();
    stopLast = after(killPatienceMs, () => resolve(leave()));
  };
  const stop = after(timeoutMs, end);
  if (signal?.aborted === true) end();
  signal?.addEventListener('abort', end, { once: true });
  const result = await Promise.race([followed, left]);
  stop();
  stopLast();
  signal?.removeEventListener('abort', end);
  return result;
}

/** Starts a program and hands back its result and its end apart, for who must know whether a process is left over. */
export function startCommand(argv: readonly string[], options: CommandOptions): Command {
  // execa would throw.
  if (argv.some((word) => word.includes('\0'))) return notStarted('an argument contains a null byte');
  const child = spawn(argv, options.env);
  const { started, ended, closed, gone } = momentsOf(child);
  const stdout = collect(child.stdout, options.maxBytes);
  const stderr = collect(child.stderr, options.maxBytes);
  let timedOut = false;

  const tell = (told: Partial<CommandResult>): CommandResult => ({
    exitCode: null,
    signal: null,
    stdout: stdout(),
    stderr: stderr(),
    timedOut,
    failedToStart: null,
    ...told,
  });

  async function follow(): Promise<CommandResult> {
    const failedToStart = await started;
    if (failedToStart !== null) return tell({ failedToStart });
    const end = await ended;
    child.kill('SIGKILL');
    const { promise: drained, resolve } = Promise.withResolvers<void>();
    const stop = after(drainMs, resolve);
    await Promise.race([closed, drained]);
    stop();
    child.stdout.destroy();
    child.stderr.destroy();
    return tell(end);
  }

  const kill = (): void => {
    timedOut = true;
    child.kill('SIGKILL');
  };
  return { result: endInTime(follow(), options, kill, () => tell({})), gone };
}

/** Runs a program to its end or its deadline. Never rejects. */
export const runCommand = (argv: readonly string[], options: CommandOptions): Promise<CommandResult> =>
  startCommand(argv, options).result;
