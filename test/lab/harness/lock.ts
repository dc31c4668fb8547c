/** A lock between processes on this machine. The kernel lets go of it when the holder dies, however it dies. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Runs `work` while holding the lock file `path`; waits as long as another process holds it. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  // cat ends, and with it the lock, when this process closes its standard input or dies.
  const holder = spawn('flock', [path, 'sh', '-c', 'echo held; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once('data', () => resolve());
      holder.once('error', reject);
      holder.once('exit', (code) => reject(new Error(`cannot lock ${path}: flock ended with ${code}`)));
    });
    return await work();
  } finally {
    holder.stdin.end();
  }
}
