/**
 * Runs one program on the test machine: argv, a deadline, bounded output. Never a shell, never throws for an exit status.
 * A program that outlives its deadline is killed with its whole process group.
 */
import { spawn } from 'node:child_process';

export interface CommandOptions {
  /** Kill after this many milliseconds. Default 30 s. */
  readonly timeoutMs?: number;
  /** Text for standard input; without it standard input is empty. */
  readonly input?: string;
  /** The whole environment; without it the test process's own. */
  readonly env?: NodeJS.ProcessEnv;
  /** Called with each piece of output, for programs whose progress is worth showing. */
  readonly onOutput?: (text: string) => void;
}

export interface CommandResult {
  /** Exit status; 128 + number after a signal, 127 when the program could not be started. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;
const KILLED = 137;
const NOT_STARTED = 127;

/** Process groups of the programs that run now: none outlives this process when that is interrupted. */
const running = new Set<number>();

function killGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // It has ended by itself, and what it left behind is in another group.
  }
}

process.once('exit', () => {
  for (const group of running) killGroup(group, 'SIGTERM');
});

function createCollector(onOutput: ((text: string) => void) | undefined) {
  const pieces: Buffer[] = [];
  let bytes = 0;
  return {
    take(piece: Buffer): void {
      onOutput?.(piece.toString());
      if (bytes < OUTPUT_LIMIT_BYTES) pieces.push(piece);
      bytes += piece.length;
    },
    text: (): string => Buffer.concat(pieces).toString(),
  };
}

/** Resolves once the program has ended; rejects never. */
export function runCommand(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [program = '', ...rest] = argv;
  const stdout = createCollector(options.onOutput);
  const stderr = createCollector(options.onOutput);
  return new Promise((resolve) => {
    const child = spawn(program, rest, { detached: true, env: options.env ?? process.env, stdio: 'pipe' });
    if (child.pid !== undefined) running.add(child.pid);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) killGroup(child.pid, 'SIGKILL');
      // A process that left the group may hold the pipes open; the caller does not wait for it.
      child.stdout.destroy();
      child.stderr.destroy();
    }, options.timeoutMs ?? 30_000);
    const end = (code: number, extra = ''): void => {
      clearTimeout(timer);
      if (child.pid !== undefined) running.delete(child.pid);
      resolve({ code, stdout: stdout.text(), stderr: stderr.text() + extra, timedOut });
    };
    child.stdout.on('data', stdout.take);
    child.stderr.on('data', stderr.take);
    // A program that ends without reading its input closes the pipe early; its exit status tells the story.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', (error) => end(NOT_STARTED, error.message));
    child.on('close', (code) => end(code ?? KILLED));
  });
}

/** Like runCommand, but throws with the program's output when it does not end with 0. Resolves to its standard output. */
export async function mustRun(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await runCommand(argv, options);
  if (result.code === 0) return result.stdout;
  const how = result.timedOut ? 'was killed at its deadline' : `ended with ${result.code}`;
  throw new Error(`"${argv.join(' ')}" ${how}: ${(result.stderr + result.stdout).trim().slice(-4000)}`);
}
