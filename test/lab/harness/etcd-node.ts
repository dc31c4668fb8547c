/** Members of etcd as services of one node, with TLS on every port; each has a configuration of nodemend's of its own, as if it were a node's only one. */
import type { CommandResult } from './command.ts';
import { tlsFile } from './etcd.ts';
import type { Lab } from './lab.ts';
import type { LabNode } from './node.ts';

export const memberNames = ['m1', 'm2', 'm3', 'm4', 'm5'] as const;
export type MemberName = (typeof memberNames)[number];

const clientPort = (name: MemberName): number => 23_000 + Number(name.slice(1));
const peerPort = (name: MemberName): number => 24_000 + Number(name.slice(1));
export const endpointOf = (name: MemberName): string => `https://127.0.0.1:${clientPort(name)}`;
const peerUrlOf = (name: MemberName): string => `https://127.0.0.1:${peerPort(name)}`;
export const unitOf = (name: MemberName): string => `etcd-${name}.service`;
export const dataOf = (name: MemberName): string => `/var/lib/etcd/${name}`;
export const environmentOf = (name: MemberName): string => `/etc/default/etcd-${name}`;

const tlsFiles = ['ca.pem', 'server.pem', 'server.key', 'client.pem', 'client.key'];

const unitText = (name: MemberName): string => `[Service]
Type=notify
User=etcd
EnvironmentFile=${environmentOf(name)}
ExecStart=/usr/bin/etcd
Restart=on-abnormal
`;

function environmentText(name: MemberName): string {
  const settings = {
    NAME: name,
    DATA_DIR: dataOf(name),
    LISTEN_CLIENT_URLS: endpointOf(name),
    ADVERTISE_CLIENT_URLS: endpointOf(name),
    LISTEN_PEER_URLS: peerUrlOf(name),
    INITIAL_ADVERTISE_PEER_URLS: peerUrlOf(name),
    CERT_FILE: '/etc/etcd/server.pem',
    KEY_FILE: '/etc/etcd/server.key',
    TRUSTED_CA_FILE: '/etc/etcd/ca.pem',
    CLIENT_CERT_AUTH: 'true',
    PEER_CERT_FILE: '/etc/etcd/server.pem',
    PEER_KEY_FILE: '/etc/etcd/server.key',
    PEER_TRUSTED_CA_FILE: '/etc/etcd/ca.pem',
    PEER_CLIENT_CERT_AUTH: 'true',
    QUOTA_BACKEND_BYTES: '33554432',
    LOG_LEVEL: 'error',
  };
  return Object.entries(settings)
    .map(([key, value]) => `ETCD_${key}="${value}"\n`)
    .join('');
}

export function configOf(name: MemberName, members: readonly MemberName[], etcd: object = {}): string {
  return JSON.stringify({
    discover: false,
    etcd: {
      unit: unitOf(name),
      endpoints: [
        endpointOf(name),
        ...memberNames
          .slice(0, 3)
          .filter((one) => one !== name)
          .map(endpointOf),
      ],
      ca: '/etc/etcd/ca.pem',
      cert: '/etc/etcd/client.pem',
      key: '/etc/etcd/client.key',
      members: Object.fromEntries(members.map((one) => [one, peerUrlOf(one)])),
      ...etcd,
    },
    backup: { directory: `/var/backups/${name}` },
  });
}

/** That member's service as a component, with short times. */
export function supervised(name: MemberName): string {
  const member = {
    url: endpointOf(name),
    ca: '/etc/etcd/ca.pem',
    cert: '/etc/etcd/client.pem',
    key: '/etc/etcd/client.key',
  };
  const look = (kind: 'serves' | 'others' | 'health', every: string) => ({
    etcd: { ...member, look: kind },
    every,
    timeout: every,
  });
  const probes = { serves: look('serves', '1s'), others: look('others', '6s'), health: look('health', '2s') };
  const component = {
    preset: 'etcd',
    unit: unitOf(name),
    probes,
    hang: { failures: 3, of: 5, for: '3s' },
    grace: '10s',
  };
  return JSON.stringify({ discover: false, components: { [name]: component } });
}

export const configFile = (name: MemberName): string => `/etc/nodemend/${name}.yaml`;

/** Members that are set up and not started. */
export async function setUpMembers(node: LabNode): Promise<void> {
  for (const file of tlsFiles) {
    node.copyIn(tlsFile(file), `/etc/etcd-${file}`);
  }
  await node.ok(['mkdir', '-p', '/etc/etcd', '/etc/nodemend', '/var/backups']);
  for (const file of tlsFiles) await node.ok(['mv', `/etc/etcd-${file}`, `/etc/etcd/${file}`]);
  await node.ok(['chown', '-R', 'etcd:etcd', '/etc/etcd']);
  for (const name of memberNames) {
    node.write(`/etc/systemd/system/${unitOf(name)}`, unitText(name));
    node.write(environmentOf(name), environmentText(name));
  }
  await node.ok(['systemctl', 'daemon-reload']);
}

export async function createEtcdNode(lab: Lab): Promise<LabNode> {
  const node = await lab.node('etcd');
  await setUpMembers(node);
  return node;
}

/** `nodemend etcd WORDS` as if it were given on that member's node. */
export function etcdCommand(node: LabNode, name: MemberName, words: readonly string[]): Promise<CommandResult> {
  return node.run(['nodemend', 'etcd', ...words, '--config', configFile(name)], { timeoutMs: 60_000 });
}

/** The same, killed once its output has this; resolves when it is gone. */
export async function killedCommand(
  node: LabNode,
  name: MemberName,
  words: readonly string[],
  at: RegExp,
): Promise<void> {
  const service = `operator-${name}.service`;
  const run = ['systemd-run', '--quiet', '--wait', '--pipe', '--collect', `--unit=${service}`];
  let said = '';
  let killed: Promise<unknown> | null = null;
  const running = node.run([...run, 'nodemend', 'etcd', ...words, '--config', configFile(name)], {
    timeoutMs: 60_000,
    onOutput: (text) => {
      said += text;
      if (at.test(said)) killed ??= node.run(['systemctl', 'kill', '--signal=KILL', service]);
    },
  });
  await running;
  if (killed === null) throw new Error(`nodemend etcd ${words.join(' ')} never said ${at}: ${said}`);
  await killed;
}

const etcdctl = (name: MemberName): string[] => [
  'etcdctl',
  `--endpoints=${endpointOf(name)}`,
  '--cacert=/etc/etcd/ca.pem',
  '--cert=/etc/etcd/client.pem',
  '--key=/etc/etcd/client.key',
];

/** Numbers of the writes that a member's cluster holds. */
export async function readKeys(node: LabNode, name: MemberName): Promise<ReadonlySet<number>> {
  const text = await node.ok([...etcdctl(name), 'get', '/story/', '--prefix', '--keys-only']);
  return new Set([...text.matchAll(/\/story\/(\d+)/g)].map(([, number]) => Number(number)));
}

/** Writes one key of a MiB again and again, until the cluster takes no more. */
export async function fillUp(node: LabNode, name: MemberName): Promise<void> {
  await node.ok(['sh', '-c', 'head -c 1000000 /dev/zero | tr "\\0" x > /var/tmp/big']);
  const put = [...etcdctl(name), 'put', '/full'].join(' ');
  await node.ok(['sh', '-c', `for at in $(seq 100); do ${put} < /var/tmp/big || exit 0; done; exit 1`], {
    timeoutMs: 120_000,
  });
}
