/**
 * Runs a program: argv arrays, never a shell, no input, an environment of its own. The only home of execa. At the deadline the whole
 * process group gets SIGKILL, and what a command leaves behind in its group when it ends gets it too: looks repeat for ever, so
 * leftovers would pile up. What has to outlive its command needs a session of its own (systemd-run, setsid).
 */
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { findProgram } from './program.ts';

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

const unread = 'its file was not read in time';
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

function spawn(program: string, parameters: readonly string[], env: NodeJS.ProcessEnv) {
  return execa(program, parameters, {
    reject: false,
    buffer: false,
    stdin: 'ignore',
    cwd: '/',
    extendEnv: false,
    env,
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

const notStarted = (failedToStart: string, timedOut = false): CommandResult => ({
  exitCode: null,
  signal: null,
  stdout: '',
  stderr: '',
  timedOut,
  failedToStart,
});

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

interface Process {
  /** Resolves when it has ended and what it wrote is here. */
  readonly ended: Promise<CommandResult>;
  readonly gone: Promise<void>;
  kill(): void;
  /** What is known of it now, when it is not waited for any longer. */
  leave(): CommandResult;
}

function startProcess(
  program: string,
  parameters: readonly string[],
  env: NodeJS.ProcessEnv,
  maxBytes: number,
): Process {
  const child = spawn(program, parameters, env);
  const { started, ended, closed, gone } = momentsOf(child);
  const stdout = collect(child.stdout, maxBytes);
  const stderr = collect(child.stderr, maxBytes);
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

  return {
    ended: follow(),
    gone,
    kill: () => {
      timedOut = true;
      child.kill('SIGKILL');
    },
    leave: () => tell({}),
  };
}

/** Calls `end` once, at the deadline or when the signal fires. */
function atDeadline({ timeoutMs, signal }: CommandOptions, end: () => void): () => void {
  const stop = after(timeoutMs, end);
  if (signal?.aborted === true) end();
  signal?.addEventListener('abort', end, { once: true });
  return () => {
    stop();
    signal?.removeEventListener('abort', end);
  };
}

/** Starts a program and hands back its result and its end apart, for who must know whether a process is left over. */
export function startCommand(argv: readonly string[], options: CommandOptions): Command {
  const [name = '', ...parameters] = argv;
  const env = { PATH: process.env['PATH'] ?? searchPath, LANG: 'C.UTF-8', ...options.env };
  // execa would throw.
  if (argv.some((word) => word.includes('\0')))
    return { result: Promise.resolve(notStarted('an argument contains a null byte')), gone: Promise.resolve() };
  let running: Process | null = null;
  let over = false;
  const begun = findProgram(name, env.PATH).then((program) => {
    // Nobody waits for it any more.
    if (!over) running = startProcess(program, parameters, env, options.maxBytes);
    return running;
  });
  const followed = begun.then(
    (started) => started?.ended ?? notStarted(unread, true),
    (error: NodeJS.ErrnoException) => notStarted(error.code ?? error.message),
  );

  const { promise: left, resolve: leave } = Promise.withResolvers<CommandResult>();
  let stopLast = (): void => undefined;
  const stop = atDeadline(options, () => {
    over = true;
    if (running === null) return leave(notStarted(unread, true));
    const { kill, leave: tell } = running;
    kill();
    stopLast = after(killPatienceMs, () => leave(tell()));
  });
  const result = Promise.race([followed, left]).finally(() => {
    stop();
    stopLast();
  });
  const gone = begun.then(
    (started) => started?.gone,
    () => undefined,
  );
  return { result, gone };
}

/** Runs a program to its end or its deadline. Never rejects. */
export const runCommand = (argv: readonly string[], options: CommandOptions): Promise<CommandResult> =>
  startCommand(argv, options).result;
