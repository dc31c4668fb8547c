/** Makes a container image on the spot: one static busybox as a docker-archive, so that no registry is needed. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from './command.ts';

export const IMAGE = 'docker.io/library/nodemend-lab:1';

const APPLETS = ['sh', 'sleep', 'cat', 'echo'];

/** Writes the image archive `target` from the static program `busybox`. */
export async function packBusybox(busybox: string, target: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-image-'));
  try {
    mkdirSync(join(folder, 'root/bin'), { recursive: true });
    copyFileSync(busybox, join(folder, 'root/bin/busybox'));
    chmodSync(join(folder, 'root/bin/busybox'), 0o755);
    for (const applet of APPLETS) symlinkSync('busybox', join(folder, 'root/bin', applet));
    await mustRun(['tar', '-C', join(folder, 'root'), '-cf', join(folder, 'layer.tar'), '.']);
    const layer = createHash('sha256')
      .update(readFileSync(join(folder, 'layer.tar')))
      .digest('hex');
    const config = JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Cmd: ['/bin/sleep', '100000'], Env: ['PATH=/bin'] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    });
    const name = `${createHash('sha256').update(config).digest('hex')}.json`;
    writeFileSync(join(folder, name), config);
    const manifest = [{ Config: name, RepoTags: [IMAGE.replace('docker.io/library/', '')], Layers: ['layer.tar'] }];
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
    await mustRun(['tar', '-C', folder, '-cf', target, 'manifest.json', name, 'layer.tar']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
