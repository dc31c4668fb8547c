/** The package under test: built once from the tree as it stands, kept by what went into it, and installed on nodes with dpkg. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './command.ts';
import { withLock } from './lock.ts';
import type { LabNode } from './node.ts';
import { LAB_CACHE, REPOSITORY, say } from './places.ts';

const PACKAGES_KEPT = 5;

const PACKAGE_LOCK = `${LAB_CACHE}/package.lock`;

/** Set to the path of a finished .deb, it is tested instead of one built from the tree. */
const GIVEN = process.env['NODEMEND_LAB_PACKAGE'];

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
  return names.map((name) => join(path, name)).filter((file) => statSync(file).isFile());
}

function treeHash(): string {
  const hash = createHash('sha256').update(process.version + process.arch);
  for (const part of ['src', 'systemd', 'config', 'CHANGELOG.md', 'package.json', 'package-lock.json']) {
    for (const file of filesBelow(join(REPOSITORY, part)))
      hash.update(file.slice(REPOSITORY.length)).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

/** The oldest go, so that the cache does not grow with every change of the tree. */
function removeOldPackages(): void {
  const packages = readdirSync(LAB_CACHE).filter((name) => /^package-.*\.deb$/.test(name));
  const byAge = packages.sort((a, b) => statSync(join(LAB_CACHE, b)).mtimeMs - statSync(join(LAB_CACHE, a)).mtimeMs);
  for (const name of byAge.slice(PACKAGES_KEPT)) rmSync(join(LAB_CACHE, name));
}

/** Calls for the lock: the bundle is made in the tree itself. */
async function build(): Promise<string> {
  const folder = mkdtempSync(join(LAB_CACHE, 'packing-'));
  const program = join(REPOSITORY, 'src/package/package.ts');
  try {
    await mustRun([process.execPath, program, '--fast', '--out', folder], { timeoutMs: 300_000 });
    const name = readdirSync(folder).find((file) => file.endsWith('.deb'));
    if (name === undefined) throw new Error(`the packaging program left no .deb in ${folder}`);
    return join(folder, name);
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}

/** Packs the tree with the real packaging program; resolves to the .deb in a new folder, which the caller removes. */
export function buildPackage(): Promise<string> {
  return withLock(PACKAGE_LOCK, build);
}

/** Resolves to the path of a .deb made from the tree as it stands. */
export async function ensurePackage(): Promise<string> {
  if (GIVEN !== undefined) return GIVEN;
  const path = join(LAB_CACHE, `package-${treeHash()}.deb`);
  await withLock(PACKAGE_LOCK, async () => {
    if (existsSync(path)) return;
    say('packing nodemend from the tree');
    const built = await build();
    renameSync(built, path);
    rmSync(join(built, '..'), { recursive: true });
    removeOldPackages();
  });
  return path;
}

/** The same package under another version number, for upgrades. Resolves to its path below `folder`. */
export async function repack(deb: string, version: string, folder: string): Promise<string> {
  const unpacked = join(folder, 'unpacked');
  await mustRun(['dpkg-deb', '--raw-extract', deb, unpacked], { timeoutMs: 120_000 });
  const control = join(unpacked, 'DEBIAN/control');
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, `Version: ${version}`));
  const target = join(folder, `nodemend_${version}.deb`);
  await mustRun(['dpkg-deb', '--root-owner-group', '-Zzstd', '-z1', '--build', unpacked, target], {
    timeoutMs: 120_000,
  });
  rmSync(unpacked, { recursive: true });
  return target;
}

export interface InstallOptions {
  /** Text of /etc/nodemend/nodemend.yaml; without it the package's default stands. */
  readonly config?: string;
  /** The package; without it the one made from the tree. */
  readonly deb?: string;
  /** Do not wait until the service is active. */
  readonly noWait?: boolean;
}

/** Installs or upgrades nodemend with dpkg; resolves once its service is active. */
export async function installNodemend(node: LabNode, options: InstallOptions = {}): Promise<void> {
  const deb = options.deb ?? (await ensurePackage());
  node.copyIn(deb, '/root/nodemend.deb');
  if (options.config !== undefined) node.write('/etc/nodemend/nodemend.yaml', options.config, 0o600);
  await node.ok(['dpkg', '--install', '--force-confold', '/root/nodemend.deb'], { timeoutMs: 120_000 });
  if (options.noWait === true) return;
  const isActive = async () => (await node.unit('nodemend.service'))['ActiveState'] === 'active';
  await node.waitFor(isActive, 30_000, `nodemend to be active on ${node.name}`).catch(async (error: unknown) => {
    throw new Error(`${String(error)}; its journal: ${(await node.journal('nodemend.service')).slice(-4000)}`);
  });
}
