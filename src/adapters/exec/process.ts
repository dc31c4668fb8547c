/**
 * One process of a program: its group, its output, its end. The only home of execa. What it leaves behind in its group when it ends gets
 * SIGKILL: looks repeat for ever, so leftovers would pile up. What has to outlive its command needs a session of its own (systemd-run, setsid).
 */
import type { Readable } from 'node:stream';
import { execa } from 'execa';

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

export const after = (ms: number, work: () => void): (() => void) => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};

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

export interface Process {
  /** Resolves when it has ended and what it wrote is here. */
  readonly ended: Promise<CommandResult>;
  readonly gone: Promise<void>;
  kill(): void;
  /** What is known of it now, when it is not waited for any longer. */
  leave(): CommandResult;
}

export interface ProcessOptions {
  readonly program: string;
  readonly parameters: readonly string[];
  /** The whole environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Of each stream so many bytes are kept; the rest is read and dropped. */
  readonly maxBytes: number;
}

export function createProcess({ program, parameters, env, maxBytes }: ProcessOptions): Process {
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
