/**
 * A small process beside a drill of a node that is not disposable. Its standard input is a pipe from the drill: when that one ends, in whatever way,
 * even by SIGKILL, the pipe closes and the guard heals what is still broken. It has a session of its own, so that Ctrl-C does not reach it.
 */
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** `program`: what runs the drill's own command line. */
export function startGuard(program: string, report: string): void {
  const argv = [program, 'heal', '--when-alone', '--report', report];
  // Not by execa's home: that one ends what it started together with itself, and the guard has to outlive the drill.
  const guard = spawn(process.execPath, argv, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  guard.unref();
  (guard.stdin as Socket).unref();
}
