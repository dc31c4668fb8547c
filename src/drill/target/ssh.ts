/**
 * A node reached by OpenSSH, as root, with a key that asks nobody anything. One connection is kept for all commands, so that a look costs no
 * handshake.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Argv } from '../failure.ts';
import type { Target } from '../target.ts';
import { runHere } from './command.ts';
import { quote } from './quote.ts';

const options = {
  BatchMode: 'yes',
  ConnectTimeout: '10',
  ServerAliveInterval: '5',
  ServerAliveCountMax: '3',
  ControlMaster: 'auto',
  ControlPersist: '60',
};

/** The command that runs `argv` on the host. `--`: a host's name is never an option. */
export function sshCommand(host: string, controlPath: string, argv: Argv): Argv {
  const settings = Object.entries({ ...options, ControlPath: controlPath }).flatMap(([key, value]) => [
    '-o',
    `${key}=${value}`,
  ]);
  return ['ssh', ...settings, '--', host, quote(argv)];
}

export function openSsh(host: string): Target {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-drill-'));
  const controlPath = join(folder, 'c');
  return {
    name: `ssh:${host}`,
    disposable: false,
    run: (argv, { timeoutMs } = {}) => runHere(sshCommand(host, controlPath, argv), timeoutMs),
    close: async () => {
      await runHere(['ssh', '-O', 'exit', '-o', `ControlPath=${controlPath}`, '--', host]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
