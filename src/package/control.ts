/** The package's own words to dpkg: what it is, what it needs, which file is the operator's, and the scripts beside this file. */
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from './layout.ts';

const scripts = ['postinst', 'prerm', 'postrm'];

function controlText({ version, architecture }: Layout, installedKiB: number): string {
  return [
    'Package: nodemend',
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    'Maintainer: The nodemend authors <nodemend@localhost>',
    `Installed-Size: ${installedKiB}`,
    // The versions that the shipped Node runtime is linked against, and the first systemd with all of the unit's settings.
    'Depends: systemd (>= 247), init-system-helpers (>= 1.54), libc6 (>= 2.28), libstdc++6 (>= 8)',
    'Recommends: dbus | dbus-broker',
    'Section: admin',
    'Priority: optional',
    'Description: brings the container runtime and the kubelet back after a failure',
    ' nodemend supervises containerd or Docker and the kubelet through systemd. It notices a crash in milliseconds and a hang',
    ' that systemd cannot see, restarts what a restart can fix, holds still where a restart would do harm, and says why.',
    '',
  ].join('\n');
}

export function writeControl(layout: Layout, installedKiB: number): void {
  const folder = join(layout.staging, 'DEBIAN');
  mkdirSync(folder);
  writeFileSync(join(folder, 'control'), controlText(layout, installedKiB));
  writeFileSync(join(folder, 'conffiles'), '/etc/nodemend/nodemend.yaml\n');
  for (const script of scripts) {
    cpSync(join(import.meta.dirname, 'control', script), join(folder, script));
    chmodSync(join(folder, script), 0o755);
  }
}
