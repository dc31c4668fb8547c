/**
 * Runs a program: argv arrays, never a shell, no input, an environment of its own. At the deadline the whole process group gets SIGKILL.
 */
import { after, type CommandResult, createProcess, type Process } from './process.ts';
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

const notStarted = (failedToStart: string, timedOut = false): CommandResult => ({
  exitCode: null,
  signal: null,
  stdout: '',
  stderr: '',
  timedOut,
  failedToStart,
});

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
    if (!over) running = createProcess({ program, parameters, env, maxBytes: options.maxBytes });
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
