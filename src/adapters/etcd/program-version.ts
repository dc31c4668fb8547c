/** Which version of etcd a program is of. */
import { runCommand } from '../exec/run.ts';
import { BackupError } from './backup-error.ts';
import { lastWords } from './throwaway.ts';

const versionMs = 10_000;
const mostBytes = 4_000;

/** 3.5 of 3.5.16. */
export const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');

/** `flag`: etcd has --version, its tools a command. Rejects when it does not say. */
export async function versionOf(program: string, flag: string): Promise<string> {
  const result = await runCommand([program, flag], { timeoutMs: versionMs, maxBytes: mostBytes });
  const found = /version: (\d+\.\d+\.\d+)/i.exec(result.stdout)?.[1];
  if (result.failedToStart !== null)
    throw new BackupError('backup.cannot-verify', `cannot run ${program}: ${result.failedToStart}`);
  if (found === undefined)
    throw new BackupError('backup.cannot-verify', `${program} does not tell its version: ${lastWords(result)}`);
  return found;
}
