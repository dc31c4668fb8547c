/**
 * Three lab nodes, each with a member of one etcd cluster, nodemend from its package and a unit that runs `nodemend elect`. There are two elections on the
 * etcd lock: for `agent` the daemons stand and start a writer by onElected, for `job` the units do, whose command the writer is.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../lab/harness/lab.ts';
import type { LabNode } from '../lab/harness/node.ts';
import { installNodemend } from '../lab/harness/nodemend.ts';
import type { Fence } from './fence.ts';

export const names = ['n1', 'n2', 'n3'] as const;
export const elections = ['agent', 'job'] as const;
export const units = { agent: 'nodemend.service', job: 'elect.service' } as const;

/** As short as the lock allows: etcd grants no lease below 1.5 times its own election timeout, in whole seconds. */
export const leaseDurationMs = 2_000;
const durations = `leaseDuration: ${leaseDurationMs}ms, renewDeadline: 1200ms, retryPeriod: 250ms`;

const socket = '/run/fence.sock';
const writer = ['/opt/lab/node', '/opt/lab/writer.ts', socket];

const addressOf = (name: string): string => `10.77.0.${11 + (names as readonly string[]).indexOf(name)}`;
export const others = (name: string): readonly string[] => names.filter((one) => one !== name).map(addressOf);

const etcdOf = (name: string): string => `ETCD_NAME=${name}
ETCD_LISTEN_PEER_URLS=http://${addressOf(name)}:2380
ETCD_INITIAL_ADVERTISE_PEER_URLS=http://${addressOf(name)}:2380
ETCD_LISTEN_CLIENT_URLS=http://${addressOf(name)}:2379
ETCD_ADVERTISE_CLIENT_URLS=http://${addressOf(name)}:2379
ETCD_INITIAL_CLUSTER=${names.map((one) => `${one}=http://${addressOf(one)}:2380`).join(',')}
ETCD_HEARTBEAT_INTERVAL=50
ETCD_ELECTION_TIMEOUT=500
ETCD_LOG_LEVEL=error
`;

const always = '[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestart=always\nRestartSec=200ms\n';

const electUnit = `${always}RestartSteps=0
ExecStart=/usr/bin/nodemend elect job -- ${writer.join(' ')}
`;

/** Its own member first: what it holds to be the cluster is what is cut off with it. */
function configOf(name: string): string {
  const endpoints = [addressOf(name), ...others(name)].map((address) => `"http://${address}:2379"`).join(', ');
  const election = `lock: { etcd: { endpoints: [${endpoints}] } }, ${durations}`;
  return `discover: false
listen: 127.0.0.1:9745
elections:
  agent: { ${election}, onElected: [${writer.join(', ')}], onLost: [/bin/true] }
  job: { ${election}, campaign: false }
`;
}

function prepare(name: string, root: string): void {
  const write = (path: string, text: string): void => {
    mkdirSync(`${root}${path}`.replace(/\/[^/]*$/, ''), { recursive: true });
    writeFileSync(`${root}${path}`, text);
  };
  write('/etc/default/etcd', etcdOf(name));
  write('/etc/systemd/system/etcd.service.d/lab.conf', always);
  // The agent is killed often here, and each time it is to be back as soon as after the first.
  write('/etc/systemd/system/nodemend.service.d/lab.conf', '[Service]\nRestartSteps=0\n');
  write('/etc/systemd/system/elect.service', electUnit);
}

async function boot(lab: Lab, fence: Fence, name: string): Promise<LabNode> {
  const node = await lab.node(name, {
    disable: ['containerd.service'],
    prepare: (root) => prepare(name, root),
  });
  node.copyIn(fileURLToPath(new URL('writer.ts', import.meta.url)), '/opt/lab/writer.ts');
  await fence.listen(node.hostPath(socket));
  await node.ok(['systemctl', 'start', '--no-block', 'etcd.service']);
  await installNodemend(node, { config: configOf(name) });
  await node.ok(['systemctl', 'start', units.job]);
  return node;
}

export type Cluster = Readonly<Record<(typeof names)[number], LabNode>>;

/** Resolves once every node runs; that somebody leads is for the caller to wait for. */
export async function bootCluster(lab: Lab, fence: Fence): Promise<Cluster> {
  const [n1, n2, n3] = await Promise.all(names.map((name) => boot(lab, fence, name)));
  if (n1 === undefined || n2 === undefined || n3 === undefined) throw new Error('three nodes were asked for');
  return { n1, n2, n3 };
}
