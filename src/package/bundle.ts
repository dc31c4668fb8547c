/**
 * Makes dist/bundle: the daemon (or the drill) and its libraries in a few files, with the libraries that few nodes need in files of their own that are
 * read when wanted. Run by `npm run bundle`; takes the product's entry and the lock file's libraries, nothing else.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { collectNotices } from './notices.ts';
import { daemon, type Product } from './product.ts';
import { builtinsByRequire, withoutUnused } from './unused.ts';

export const top: string = resolve(import.meta.dirname, '../..');

/** CommonJS libraries call require for node's own modules; an ES module has none unless one is made. */
const requireBanner =
  "import{createRequire as createBundleRequire}from'node:module';const require=createBundleRequire(import.meta.url);";

interface Manifest {
  readonly name: string;
  readonly version: string;
}

export const readManifest = (): Manifest => JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as Manifest;

/** The commit this tree stands on, or "unknown" outside a clone. */
export function readCommit(): string {
  try {
    return execFileSync('git', ['-C', top, 'rev-parse', '--short=12', 'HEAD'], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  } catch {
    // A source archive has no history; the version still tells what it is.
    return 'unknown';
  }
}

/** Resolves to the folder of the finished bundle. Rejects with esbuild's errors. */
export async function bundle({ name, entry, bundleFolder: below }: Product = daemon): Promise<string> {
  const bundleFolder = join(top, below);
  rmSync(bundleFolder, { recursive: true, force: true });
  const commit = readCommit();
  const result = await build({
    absWorkingDir: top,
    entryPoints: { main: entry },
    outdir: bundleFolder,
    bundle: true,
    format: 'esm',
    splitting: true,
    platform: 'node',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    plugins: [builtinsByRequire, withoutUnused],
    banner: { js: requireBanner },
    define: { 'process.env.NODEMEND_COMMIT': JSON.stringify(commit) },
  });
  const { version } = readManifest();
  const manifest = { name, version, commit, type: 'module' };
  writeFileSync(join(bundleFolder, 'package.json'), `${JSON.stringify(manifest)}\n`);
  writeFileSync(join(bundleFolder, 'NOTICES'), collectNotices(top, Object.keys(result.metafile.inputs)));
  return bundleFolder;
}

if (import.meta.main) process.stdout.write(`${await bundle()}\n`);
