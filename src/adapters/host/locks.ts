/** Whether a package manager is at work: who of the known ones holds its lock, by the kernel's list of file locks. */
import { stat } from 'node:fs/promises';

export interface ManagerLock {
  readonly manager: string;
  readonly path: string;
}

/** Held while packages are unpacked and configured; the lock of `apt update` is not among them. */
export const managerLocks: readonly ManagerLock[] = [
  { manager: 'dpkg', path: '/var/lib/dpkg/lock-frontend' },
  { manager: 'dpkg', path: '/var/lib/dpkg/lock' },
  { manager: 'rpm', path: '/var/lib/rpm/.rpm.lock' },
];

/** A file as the kernel's list of locks names it. */
export interface FileIdentity {
  readonly major: number;
  readonly minor: number;
  readonly inode: number;
}

export interface ManagerFile extends FileIdentity {
  readonly manager: string;
}

/** The locks whose files are there. */
export async function readManagerFiles(locks: readonly ManagerLock[]): Promise<ManagerFile[]> {
  const found: ManagerFile[] = [];
  for (const { manager, path } of locks) {
    const file = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
      throw error;
    });
    if (file !== null) found.push({ manager, inode: file.ino, ...parseDevice(file.dev) });
  }
  return found;
}

/** glibc's gnu_dev_major and gnu_dev_minor, for the device numbers that fit into 32 bits, as all of the kernel's do. */
function parseDevice(device: number): { readonly major: number; readonly minor: number } {
  return { major: (device >>> 8) & 0xfff, minor: (device & 0xff) | ((device >>> 12) & 0xfff00) };
}

const lockLine = /^\d+: POSIX\s+\S+\s+WRITE\s+-?\d+\s+([0-9a-f]+):([0-9a-f]+):(\d+)\s/gim;

/**
 * Inode numbers alone repeat from one file system to another. btrfs and overlayfs (device major 0) say another minor number to stat than
 * to the list of locks, so among such file systems the inode alone has to do. Package managers take POSIX locks; flock's are others'.
 */
const isSame = (file: FileIdentity, { major, minor, inode }: FileIdentity): boolean =>
  file.inode === inode && file.major === major && (major === 0 || file.minor === minor);

/** The package manager that holds one of the files locked for writing, by the text of /proc/locks; null when none does. */
export function findManager(locks: string, files: readonly ManagerFile[]): string | null {
  const locked = [...locks.matchAll(lockLine)].map(([, major = '', minor = '', inode = '']) => ({
    major: Number.parseInt(major, 16),
    minor: Number.parseInt(minor, 16),
    inode: Number(inode),
  }));
  return files.find((file) => locked.some((lock) => isSame(file, lock)))?.manager ?? null;
}
