/**
 * Makes dist/nodemend_VERSION_ARCH.deb: the bundle, the Node runtime it runs on, the unit and the default configuration. The same commit
 * gives the same bytes. Run by `npm run package [-- --arch amd64|arm64] [--drill] [--fast] [--out FOLDER]`; with --drill it makes the drill's
 * package in place of the daemon's.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle, readManifest, top } from './bundle.ts';
import { type Architecture, layOut } from './layout.ts';
import { daemon, drill, type Product } from './product.ts';

/** xz is read by every Debian; level 2 takes a quarter of the time of 6 for an eighth more bytes. zstd is for tests, in a second. */
const compression = { release: ['-Zxz', '-z2'], fast: ['-Zzstd', '-z3'] };

interface Options {
  readonly product: Product;
  readonly architecture: Architecture;
  readonly fast: boolean;
  readonly folder: string;
}

function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      arch: { type: 'string' },
      drill: { type: 'boolean', default: false },
      fast: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const architecture = values.arch ?? (process.arch === 'arm64' ? 'arm64' : 'amd64');
  if (architecture !== 'amd64' && architecture !== 'arm64') {
    throw new Error(`cannot package for architecture "${architecture}": use amd64 or arm64`);
  }
  const product = values.drill ? drill : daemon;
  return { product, architecture, fast: values.fast, folder: resolve(values.out ?? join(top, 'dist')) };
}

/** Time of the commit in seconds since 1970: what every file in the package is dated with. */
function sourceDate(): number {
  const given = process.env['SOURCE_DATE_EPOCH'];
  if (given !== undefined) return Number(given);
  try {
    return Number(execFileSync('git', ['-C', top, 'log', '-1', '--format=%ct'], { encoding: 'utf8', stdio: 'pipe' }));
  } catch {
    // Outside a clone there is no commit to date by; any fixed time serves.
    return 1_700_000_000;
  }
}

/** Resolves to the path of the finished package. */
export async function makePackage({ product, architecture, fast, folder }: Options): Promise<string> {
  const bundled = await bundle(product);
  const staging = mkdtempSync(join(tmpdir(), 'nodemend-package-'));
  try {
    const { version } = readManifest();
    const epoch = sourceDate();
    layOut({ product, staging, bundled, top, version, architecture, epoch });
    mkdirSync(folder, { recursive: true });
    const target = join(folder, `${product.name}_${version}_${architecture}.deb`);
    const squeeze = fast ? compression.fast : compression.release;
    const env = { ...process.env, SOURCE_DATE_EPOCH: String(epoch) };
    execFileSync('dpkg-deb', ['--root-owner-group', ...squeeze, '--build', staging, target], { env, stdio: 'pipe' });
    return target;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

const usage = 'Usage: npm run package -- [--arch amd64|arm64] [--drill] [--fast] [--out FOLDER]';

if (import.meta.main) {
  try {
    process.stdout.write(`${await makePackage(readOptions(process.argv.slice(2)))}\n`);
  } catch (error) {
    process.stderr.write(`package: ${(error as Error).message}\n\n${usage}\n`);
    process.exitCode = 1;
  }
}
