/** The Backups port: one kind of look for each kind of target. Nothing here throws. */
import type { BackupsSeen } from '../../core/backups/found.ts';
import type { BackupsLook } from '../../core/backups/messages.ts';
import type { CommandTarget } from '../../core/backups/policy.ts';
import type { Backups, Clock, Prober } from '../../ports.ts';
import { createAccounts } from '../kubernetes/accounts.ts';
import { createFilesLook } from './files.ts';
import { lookAtVelero } from './look-velero.ts';

export interface BackupsParts {
  readonly clock: Pick<Clock, 'nowMs' | 'wallMs'>;
  /** Runs commands, each in a lane of its own. */
  readonly prober: Pick<Prober, 'look'>;
}

/** Nothing is opened or read before the first look asks for it. */
export function createBackups({ clock, prober }: BackupsParts): Backups {
  const accounts = createAccounts(clock.nowMs);
  const lookAtFiles = createFilesLook(clock);

  /** One that does not end, or cannot be run, says nothing of backups. */
  async function lookByCommand({ argv }: CommandTarget, timeoutMs: number): Promise<BackupsSeen> {
    const lane = `backups/${argv.join(' ')}`;
    const observation = await prober.look(lane, { kind: 'exec', argv }, '', timeoutMs);
    const { verdict, reason, detail, startedAtMs } = observation;
    const ok = verdict === 'healthy';
    if (!ok && reason !== 'probe.exit-status') return { known: false, detail: `${reason}: ${detail}`, startedAtMs };
    return { known: true, found: { kind: 'command', ok, detail }, wallMs: clock.wallMs(), startedAtMs };
  }

  return {
    look: ({ target, timeoutMs }: BackupsLook) => {
      if (target.kind === 'files') return lookAtFiles(target, timeoutMs);
      if (target.kind === 'velero') return lookAtVelero(target, timeoutMs, accounts, clock);
      return lookByCommand(target, timeoutMs);
    },
    close: accounts.close,
  };
}
