/**
 * Programs of Debian's that tests need beside the real nodes (promtool, Alertmanager, an SMTP server). One that is not installed is unpacked from its
 * package into the lab's cache: nothing is installed on this machine and no service of it is started.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { mustRun, runCommand } from './lab/harness/command.ts';
import { withLock } from './lab/harness/lock.ts';
import { LAB_CACHE, say } from './lab/harness/places.ts';

const isRoot = process.getuid?.() === 0;
const cache = isRoot ? LAB_CACHE : join(tmpdir(), `nodemend-lab-${process.getuid?.() ?? 0}`);

const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin'];

function installed(program: string): string | null {
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? null;
}

/** For tap's `skip`: why a test that needs Debian's packages cannot run here; false where it can, and in CI, where it has to. */
export function skipWithoutDebian(...programs: readonly string[]): string | false {
  const missing = programs.filter((program) => installed(program) === null);
  if (missing.length === 0 || existsSync('/usr/bin/apt-get') || process.env['CI'] === 'true') return false;
  return `${missing.join(' and ')} cannot be had: this machine has no apt-get to fetch Debian's packages with`;
}

async function unpack(packages: readonly string[], folder: string): Promise<void> {
  say(`UNPACKING Debian packages into ${folder}, tests need them: ${packages.join(' ')}`);
  const download = mkdtempSync(join(cache, 'download-'));
  // Debian's own user for downloads cannot write there.
  const apt = ['apt-get', '-qq', '-o', 'APT::Sandbox::User=root'];
  const fetch = ['sh', '-c', 'cd "$0" && exec "$@"', download, ...apt, 'download', ...packages];
  try {
    if ((await runCommand(fetch, { timeoutMs: 300_000 })).code !== 0) {
      await mustRun([...apt, 'update'], { timeoutMs: 300_000 });
      await mustRun(fetch, { timeoutMs: 300_000 });
    }
    const unfinished = join(download, 'unpacked');
    for (const name of readdirSync(download)) await mustRun(['dpkg-deb', '-x', join(download, name), unfinished]);
    renameSync(unfinished, folder);
  } finally {
    rmSync(download, { recursive: true });
  }
}

/** Resolves to a folder with the files of these packages, as below `/`. */
export async function unpacked(packages: readonly string[]): Promise<string> {
  const folder = join(cache, `unpacked-${createHash('sha256').update(packages.join()).digest('hex').slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (!existsSync(folder)) await unpack(packages, folder);
  });
  return folder;
}

/** Resolves to the argv of a program: the installed one, or the package's, which then sees what its package has in /usr/share. */
export async function findProgram(program: string, packageName: string): Promise<readonly string[]> {
  const path = installed(program);
  if (path !== null) return [path];
  const folder = await unpacked([packageName]);
  const mount = 'mount -t overlay nodemend -o "lowerdir=$0/usr/share:/usr/share" /usr/share && exec "$@"';
  const apart = ['unshare', '--mount', ...(isRoot ? [] : ['--map-root-user'])];
  return [...apart, 'sh', '-c', mount, folder, join(folder, 'usr/bin', program)];
}
