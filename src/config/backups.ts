/** `backups:` of the configuration: its keys, what of it contradicts itself, and the checks that come of it. */
import * as z from 'zod';
import type { BackupCheckPolicy, BackupTarget } from '../core/backups/policy.ts';
import { durationMs } from './duration.ts';
import { duration } from './duration-schema.ts';
import { size, sizeBytes } from './size.ts';
import { argv, path } from './values.ts';

const day = 86_400_000;

export const backupCheck = z
  .strictObject({
    files: z
      .strictObject({
        path: path.describe('the files: an absolute path whose names may hold * and ?, such as /srv/dumps/*/db-*.gz'),
        minSize: size('a smaller file is no backup').default('1B'),
        maxAge: duration(60_000, 400 * day, 'how old the newest may be').default('26h'),
      })
      .optional()
      .describe('the newest file of a pattern'),
    command: argv.optional().describe('run this command; exit status 0 is fresh, 1 to 125 is not'),
    velero: z
      .strictObject({
        namespace: z.string().min(1).max(63).default('velero').describe('where Velero keeps its objects'),
        kubeconfig: path
          .default('/etc/kubernetes/admin.conf')
          .describe(
            'with what they are read: it must be allowed to list schedules, backups and backupstoragelocations',
          ),
      })
      .optional()
      .describe('every Schedule of Velero against its period, and its storage locations; {} suffices'),
    every: duration(10_000, day, 'time between looks').default('5m'),
    timeout: duration(100, 600_000, 'deadline of a look').default('30s'),
  })
  .describe('one thing that makes backups; exactly one of files, command, velero');

export const backupKinds = ['files', 'command', 'velero'] as const;

type Backups = Readonly<Record<string, z.infer<typeof backupCheck>>>;

interface Found {
  readonly path: readonly string[];
  readonly keys: readonly string[];
  readonly message: string;
}

/** A pattern that names a file, and not what only a shell understands. */
function faultIn(pattern: string): string | null {
  if (/[[\]{}]|\*\*/.test(pattern)) return 'expected no other wildcards than * and ? within one name';
  if (/\/(\.{1,2})?$|\/\.{1,2}\//.test(pattern))
    return 'expected a path that ends with the name of a file, without . and ..';
  return null;
}

export function checkBackups(backups: Backups): Found[] {
  return Object.entries(backups).flatMap(([name, check]) => {
    const at = ['backups', name];
    const kinds = backupKinds.filter((kind) => check[kind] !== undefined);
    const written = kinds.length === 0 ? 'none' : kinds.join(' and ');
    const message = `found ${written}, expected exactly one of ${backupKinds.join(', ')}`;
    const fault = check.files === undefined ? null : faultIn(check.files.path);
    const { every, timeout } = check;
    const late = `timeout ${timeout} is longer than every ${every}; a look must end before the next begins`;
    return [
      ...(kinds.length === 1 ? [] : [{ path: at, keys: backupKinds, message }]),
      ...(fault === null ? [] : [{ path: [...at, 'files', 'path'], keys: [], message: fault }]),
      ...(durationMs(timeout) <= durationMs(every) ? [] : [{ path: at, keys: ['every', 'timeout'], message: late }]),
    ];
  });
}

function targetOf({ files, command, velero }: Backups[string]): BackupTarget {
  if (files !== undefined) {
    const { path: pattern, minSize, maxAge } = files;
    return { kind: 'files', path: pattern, minBytes: sizeBytes(minSize), maxAgeMs: durationMs(maxAge) };
  }
  return velero === undefined ? { kind: 'command', argv: command ?? [] } : { kind: 'velero', ...velero };
}

export function resolveBackups(backups: Backups): BackupCheckPolicy[] {
  return Object.entries(backups).map(([name, check]) => ({
    name,
    target: targetOf(check),
    everyMs: durationMs(check.every),
    timeoutMs: durationMs(check.timeout),
  }));
}
