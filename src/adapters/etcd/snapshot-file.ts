/**
 * A snapshot as a file: the database in pages, and after it 32 bytes, the SHA-256 of all before. etcd's own rule for "has a hash" is a size of 512 n + 32
 * bytes. A file under its own name is always whole and synced: it is written under another name first.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BackupError } from './backup-error.ts';

const trailerBytes = 32;
const sectorBytes = 512;
/** Written back to the disk in pieces of this size, so that the member beside it never waits behind all of it. */
const syncEveryBytes = 16 * 1024 * 1024;

export interface SnapshotFacts {
  /** Of the whole file. */
  readonly bytes: number;
  readonly sha256: string;
}

/** Takes the bytes one piece after another and tells at the end whether the last 32 are the hash of the others. */
function createTrailerCheck() {
  const hash = createHash('sha256');
  let held = Buffer.alloc(0);
  let bytes = 0;
  return {
    take: (piece: Buffer): void => {
      bytes += piece.length;
      const all = held.length === 0 ? piece : Buffer.concat([held, piece]);
      const known = Math.max(0, all.length - trailerBytes);
      hash.update(all.subarray(0, known));
      held = Buffer.from(all.subarray(known));
    },
    bytes: () => bytes,
    /** Throws when it is not whole. */
    end: (): SnapshotFacts => {
      const digest = hash.digest();
      if (bytes <= trailerBytes || bytes % sectorBytes !== trailerBytes)
        throw new BackupError(
          'backup.torn',
          `${bytes} bytes are no whole snapshot: one is pages of 512 bytes and a hash of 32`,
        );
      if (!digest.equals(held))
        throw new BackupError('backup.torn', `its ${bytes} bytes do not have the hash that it carries`);
      return { bytes, sha256: digest.toString('hex') };
    },
  };
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

/** Rejects when the file is cut or damaged, with `backup.torn`, or cannot be read. */
export async function checkSnapshot(path: string): Promise<SnapshotFacts> {
  const check = createTrailerCheck();
  const file = await open(path, 'r');
  for await (const piece of file.createReadStream({ highWaterMark: 1024 * 1024 })) check.take(piece as Buffer);
  return check.end();
}

async function writePieces(
  file: FileHandle,
  pieces: AsyncIterable<Buffer>,
  bytesPerSecond: number,
  signal: AbortSignal,
): Promise<SnapshotFacts> {
  const check = createTrailerCheck();
  const begunMs = performance.now();
  let unsynced = 0;
  for await (const piece of pieces) {
    await file.writeFile(piece);
    check.take(piece);
    unsynced += piece.length;
    if (unsynced >= syncEveryBytes) {
      await file.datasync();
      unsynced = 0;
    }
    const aheadMs = (check.bytes() / bytesPerSecond) * 1_000 - (performance.now() - begunMs);
    if (aheadMs > 1) await wait(aheadMs, undefined, { signal });
  }
  await file.sync();
  return check.end();
}

export interface WriteOptions {
  readonly bytesPerSecond: number;
  readonly signal: AbortSignal;
}

/** Whatever goes wrong, nothing is left under `path`, and what was there before is untouched. */
export async function writeSnapshot(
  path: string,
  pieces: AsyncIterable<Buffer>,
  { bytesPerSecond, signal }: WriteOptions,
): Promise<SnapshotFacts> {
  const part = `${path}.part`;
  const file = await open(part, 'wx', 0o600);
  try {
    const facts = await writePieces(file, pieces, bytesPerSecond, signal).finally(() => file.close());
    await rename(part, path);
    await syncFolder(dirname(path));
    return facts;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** A small file, whole or not at all. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const part = `${path}.part`;
  const file = await open(part, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  await syncFolder(dirname(path));
}
