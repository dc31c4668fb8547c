/**
 * The Debian tree every node stands on: built once by mmdebstrap, kept outside the repository under a name made from what went into it,
 * and never changed afterwards (a node writes to its own overlay).
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { mustRun } from './command.ts';
import { packBusybox } from './image.ts';
import { withLock } from './lock.ts';
import { LAB_CACHE, REPOSITORY, say } from './places.ts';

const SUITE = 'trixie';

const PACKAGES = [
  ['systemd', 'systemd-sysv', 'libpam-systemd', 'dbus', 'polkitd', 'ca-certificates', 'kmod', 'procps'],
  [
    'containerd',
    'docker.io',
    'docker-cli',
    'etcd-server',
    'etcd-client',
    'haproxy',
    'keepalived',
    'nginx',
    'prometheus',
    'prometheus-node-exporter',
  ],
  ['iproute2', 'nftables', 'iptables', 'monit', 'stress-ng', 'busybox-static'],
].flat();

/** Installed for tests that ask for them, but off at boot, so that a node boots in a second and is quiet. */
const OFF_AT_BOOT = [
  ['docker.service', 'docker.socket', 'etcd.service', 'haproxy.service', 'monit.service', 'prometheus.service'],
  ['prometheus-node-exporter.service', 'apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer'],
  ['keepalived.service', 'nginx.service'],
].flat();

/** No terminal is attached to a node, and a getty that finds none restarts for ever. */
const MASKED = ['console-getty.service', 'getty.target', 'systemd-firstboot.service', 'e2scrub_reap.service'];

/** Raise it when something below changes that is not in the lists above. */
const RECIPE = 1;

/** The Node that nodes get as /opt/lab/node: the one the package ships, as far as it is installed. */
function nodeBinary(): string {
  const name = `node-linux-${process.arch}`;
  const shipped = `${REPOSITORY}node_modules/${name}/bin/node`;
  return existsSync(shipped) ? shipped : process.execPath;
}

function treeName(): string {
  const parts = [SUITE, PACKAGES, OFF_AT_BOOT, MASKED, RECIPE, process.version, process.arch];
  return `tree-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)}`;
}

/** Shows mmdebstrap's headlines, one line each. */
function showProgress(text: string): void {
  for (const line of text.split('\n')) if (line.startsWith('I: ')) say(line.slice(3));
}

async function settle(tree: string): Promise<void> {
  const systemctl = ['systemctl', `--root=${tree}`, '--quiet'];
  await mustRun([...systemctl, 'disable', ...OFF_AT_BOOT]);
  await mustRun([...systemctl, 'mask', ...MASKED]);
  // Newer than /usr: saves the first boot's rebuilding of caches.
  for (const stamp of ['etc/.updated', 'var/.updated']) writeFileSync(`${tree}/${stamp}`, '');
  mkdirSync(`${tree}/opt/lab`, { recursive: true });
  copyFileSync(nodeBinary(), `${tree}/opt/lab/node`);
  chmodSync(`${tree}/opt/lab/node`, 0o755);
  await packBusybox(`${tree}/bin/busybox`, `${tree}/opt/lab/busybox.tar`);
}

async function build(path: string): Promise<void> {
  for (const name of readdirSync(LAB_CACHE).filter((entry) => entry.startsWith('building-'))) {
    rmSync(`${LAB_CACHE}/${name}`, { recursive: true, force: true });
  }
  const unfinished = `${LAB_CACHE}/building-${process.pid}`;
  say(`building the Debian ${SUITE} tree for the nodes in ${path}, once; this takes a minute`);
  const options = ['--variant=minbase', '--mode=root', '--aptopt=APT::Install-Recommends "false"'];
  const argv = ['mmdebstrap', ...options, `--include=${PACKAGES.join(',')}`, SUITE, unfinished];
  await mustRun(argv, { timeoutMs: 900_000, onOutput: showProgress });
  await settle(unfinished);
  renameSync(unfinished, path);
  say('the tree is built');
}

/** Resolves to the folder of the finished tree, building it first when it is not there. */
export async function ensureTree(): Promise<string> {
  const path = `${LAB_CACHE}/${treeName()}`;
  if (existsSync(path)) return path;
  await withLock(`${LAB_CACHE}/tree.lock`, async () => {
    if (!existsSync(path)) await build(path);
  });
  return path;
}
