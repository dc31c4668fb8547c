/** Whether this machine can run the lab, and what it lacks: root, Linux, and some Debian packages, which are installed here. */
import { existsSync } from 'node:fs';
import { mustRun } from './command.ts';
import { withLock } from './lock.ts';
import { LAB_CACHE, say } from './places.ts';

/** Program on the PATH -> the Debian package that has it. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  nsenter: 'util-linux',
  ip: 'iproute2',
  nft: 'nftables',
  tar: 'tar',
  'dpkg-deb': 'dpkg',
};

const SEARCH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

function missingPackages(programs = PROGRAMS): string[] {
  const missing = Object.entries(programs).filter(
    ([program]) => !SEARCH.some((dir) => existsSync(`${dir}/${program}`)),
  );
  return [...new Set(missing.map(([, packageName]) => packageName))];
}

/** Why real nodes cannot be started here, as one sentence, or null when they can (perhaps after installing packages). */
export function labUnavailable(): string | null {
  if (process.platform !== 'linux') return `the lab needs Linux and this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'the lab starts real systemd nodes, which takes root: run it with sudo';
  if (!existsSync('/sys/fs/cgroup')) return 'the lab needs the cgroup file system on /sys/fs/cgroup';
  if (missingPackages().length > 0 && !existsSync('/usr/bin/apt-get')) {
    return `the lab needs ${missingPackages().join(', ')} and this machine has no apt-get to install them with`;
  }
  return null;
}

export const installRequirements = (): Promise<void> => installPrograms(PROGRAMS);

/** Installs the Debian packages that are missing, saying so. Needs root. `programs`: program on the PATH -> the package that has it. */
export async function installPrograms(programs: Readonly<Record<string, string>>): Promise<void> {
  if (missingPackages(programs).length === 0) return;
  await withLock(`${LAB_CACHE}/install.lock`, async () => {
    const missing = missingPackages(programs);
    if (missing.length === 0) return;
    say(`INSTALLING Debian packages on this machine, the tests need them: ${missing.join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = ['apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=300'];
    await mustRun([...apt, 'update'], { timeoutMs: 300_000, env });
    await mustRun([...apt, 'install', '-y', '--no-install-recommends', ...missing], { timeoutMs: 600_000, env });
  });
}
