/** The package's own words to dpkg: what it is, what it needs, which files are the operator's, and the scripts beside this file. */
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from './layout.ts';

function controlText({ product, version, architecture }: Layout, installedKiB: number): string {
  return [
    `Package: ${product.name}`,
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    'Maintainer: The nodemend authors <nodemend@localhost>',
    `Installed-Size: ${installedKiB}`,
    ...product.relations,
    'Section: admin',
    'Priority: optional',
    ...product.description,
    '',
  ].join('\n');
}

export function writeControl(layout: Layout, installedKiB: number): void {
  const folder = join(layout.staging, 'DEBIAN');
  mkdirSync(folder);
  writeFileSync(join(folder, 'control'), controlText(layout, installedKiB));
  const { conffiles, scripts } = layout.product;
  if (conffiles.length > 0) writeFileSync(join(folder, 'conffiles'), conffiles.map((path) => `${path}\n`).join(''));
  for (const script of scripts) {
    cpSync(join(import.meta.dirname, 'control', script), join(folder, script));
    chmodSync(join(folder, script), 0o755);
  }
}
