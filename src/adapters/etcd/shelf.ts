/** The folder with snapshots: their records, what a killed run left behind, and what retention lets go. Files that are not ours are never touched. */
import { mkdir, readdir, readFile, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupRecord } from '../../core/etcd/backup.ts';
import type { Retention } from '../../core/etcd/policy.ts';
import { expendable } from '../../core/etcd/retention.ts';
import { BackupError } from './backup-error.ts';
import { writeDurably } from './snapshot-file.ts';

const ours = /^etcd-\d{8}T\d{6}Z-[0-9a-f]+-\d+\.db$/;
const leftover = /^(etcd-[^/]*\.part|restore-[^/]*)$/;
/** Longer than anything takes here. */
const leftoverMs = 3_600_000;
/** A record is half a KiB. */
const mostRecordBytes = 64 * 1024;

export const recordOf = (path: string): string => `${path}.json`;

export function fileName(wallMs: number, clusterId: string, revision: number): string {
  const at = new Date(wallMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return `etcd-${at}-${BigInt(clusterId).toString(16)}-${revision}.db`;
}

function isRecord(value: unknown): value is BackupRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { version, file, takenWallMs, revision, keys, sha256 } = value as Partial<BackupRecord>;
  const numbers = [takenWallMs, revision, keys].every((one) => Number.isFinite(one));
  return version === 1 && numbers && typeof file === 'string' && typeof sha256 === 'string';
}

/** null where there is none, or one that cannot be understood. */
export async function readRecord(path: string): Promise<BackupRecord | null> {
  try {
    const { size } = await stat(recordOf(path));
    const value: unknown = size > mostRecordBytes ? null : JSON.parse(await readFile(recordOf(path), 'utf8'));
    return isRecord(value) ? value : null;
  } catch {
    // Said by the null: the snapshot is there without what would be known of it.
    return null;
  }
}

export const writeRecord = (path: string, record: BackupRecord): Promise<void> =>
  writeDurably(recordOf(path), `${JSON.stringify(record, null, 2)}\n`);

/** Of the snapshots that are there with their size; a folder that is missing has none. */
export async function readRecords(directory: string): Promise<BackupRecord[]> {
  const names = await readdir(directory).catch(() => [] as string[]);
  const found = await Promise.all(
    names
      .filter((name) => ours.test(name))
      .map(async (name) => {
        const record = await readRecord(join(directory, name));
        const size = (await stat(join(directory, name)).catch(() => null))?.size;
        return record !== null && record.file === name && record.bytes === size ? [record] : [];
      }),
  );
  return found.flat();
}

async function isOld(path: string, wallMs: number): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && wallMs - found.mtimeMs > leftoverMs;
}

/** Makes the folder, and removes what a killed run left in it. */
export async function openShelf(directory: string, wallMs: number): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const name of (await readdir(directory)).filter((one) => leftover.test(one)))
    if (await isOld(join(directory, name), wallMs)) await rm(join(directory, name), { recursive: true, force: true });
}

/** Some room stays for everybody else. */
const spareBytes = 64 * 1024 * 1024;

export async function demandRoom(directory: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const mib = (count: number): string => `${Math.ceil(count / 1024 / 1024)} MiB`;
  if (bavail * bsize < bytes + spareBytes)
    throw new BackupError(
      'backup.no-room',
      `${mib(bavail * bsize)} are free in ${directory}, ${mib(bytes + spareBytes)} are needed`,
    );
}

/** Resolves to how many went. The record goes last: what has one and no file is not counted. */
export async function letGo(directory: string, keep: Retention): Promise<number> {
  const going = expendable(await readRecords(directory), keep);
  for (const { file } of going) {
    await rm(join(directory, file), { force: true });
    await rm(recordOf(join(directory, file)), { force: true });
  }
  return going.length;
}
