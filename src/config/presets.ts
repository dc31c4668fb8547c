/**
 * What is known of each kind of component, in the words of the configuration file, so that a preset is a piece of configuration one could have
 * written. What each probe proves stands beside it; the periods are chosen so that a freeze is over within 45 s: three bad looks of five, 5 s apart, each up
 * to 3 s long, spanning 15 s.
 */
import type { ComponentConfig } from './schema.ts';

export interface Preset extends ComponentConfig {
  readonly unit: string;
  readonly hostsContainers: boolean;
  readonly dumpsOnUsr1: boolean;
  readonly startsWithPeers?: true;
}

export type PresetName = NonNullable<ComponentConfig['preset']>;

/** Whether the program can run at all. A stopped one is hung however great the pressure is, so its deadlines are not widened. */
const process = { unit: {}, role: 'witness', every: '5s', timeout: '3s' } as const;

const etcdUrl = 'http://127.0.0.1:2379';

export const presets: Readonly<Record<PresetName, Preset>> = {
  containerd: {
    unit: 'containerd.service',
    critical: true,
    probes: {
      // Answered from memory: proves that the program runs and serves.
      version: {
        containerd: { socket: '/run/containerd/containerd.sock', look: 'version' },
        role: 'vote',
        every: '5s',
        timeout: '3s',
      },
      // Reads its database and writes a lease to it: proves that it works.
      metadata: {
        containerd: { socket: '/run/containerd/containerd.sock', look: 'metadata' },
        role: 'witness',
        every: '5s',
        timeout: '5s',
      },
      process,
      // Names a container whose shim hangs; a restart of containerd would not help it.
      shims: {
        containerd: { socket: '/run/containerd/containerd.sock', look: 'shims' },
        role: 'report',
        every: '1m',
        timeout: '20s',
      },
    },
    hostsContainers: true,
    dumpsOnUsr1: true,
  },
  docker: {
    unit: 'docker.service',
    critical: true,
    after: ['containerd'],
    probes: {
      ping: { docker: { socket: '/run/docker.sock', look: 'ping' }, role: 'vote', every: '5s', timeout: '3s' },
      // Asks containerd and runc in turn.
      version: { docker: { socket: '/run/docker.sock', look: 'version' }, role: 'witness', every: '5s', timeout: '5s' },
      process,
      inspect: { docker: { socket: '/run/docker.sock', look: 'inspect' }, role: 'report', every: '1m', timeout: '10s' },
    },
    hostsContainers: true,
    dumpsOnUsr1: true,
  },
  crio: {
    unit: 'crio.service',
    critical: true,
    probes: {
      version: { cri: { socket: '/run/crio/crio.sock', look: 'version' }, role: 'vote', every: '5s', timeout: '3s' },
      status: { cri: { socket: '/run/crio/crio.sock', look: 'status' }, role: 'witness', every: '5s', timeout: '5s' },
      process,
    },
    // conmon runs in the pods' own groups, so CRI-O's KillMode does not reach the containers.
    hostsContainers: false,
    dumpsOnUsr1: false,
  },
  kubelet: {
    unit: 'kubelet.service',
    critical: true,
    after: ['containerd', 'crio'],
    probes: {
      healthz: {
        http: { url: 'http://127.0.0.1:10248/healthz', expect: 200, insecure: false },
        role: 'vote',
        every: '5s',
        timeout: '3s',
      },
      // Its other server, which wants to know who asks: any of these replies proves that it serves. Seen on kubelet 1.36: the loop that
      // syncs the pods is checked behind this door alone; port 10248 answers a look at it with 404.
      api: {
        http: { url: 'https://127.0.0.1:10250/healthz', expect: [200, 401, 403], insecure: true },
        role: 'witness',
        every: '5s',
        timeout: '5s',
      },
      process,
    },
    hostsContainers: false,
    dumpsOnUsr1: false,
  },
  'kube-proxy': {
    unit: 'kube-proxy.service',
    critical: false,
    probes: {
      // Not /healthz, which fails on purpose while the node is drained.
      livez: {
        http: { url: 'http://127.0.0.1:10256/livez', expect: 200, insecure: false },
        role: 'vote',
        every: '5s',
        timeout: '3s',
      },
      metrics: {
        http: { url: 'http://127.0.0.1:10249/healthz', expect: 200, insecure: false },
        role: 'witness',
        every: '5s',
        timeout: '5s',
      },
      process,
    },
    hostsContainers: false,
    dumpsOnUsr1: false,
  },
  etcd: {
    unit: 'etcd.service',
    // A node without its etcd member can still run pods; the cluster decides about quorum.
    critical: false,
    probes: {
      // Answered from memory, with a slow disk, with an alarm and without a leader: none of them is a reason to restart.
      serves: { etcd: { url: etcdUrl, look: 'serves' }, role: 'vote', every: '10s', timeout: '5s' },
      // Where the others have no quorum without it, or cannot be asked, it is left as it is.
      others: { etcd: { url: etcdUrl, look: 'others' }, role: 'witness', every: '20s', timeout: '20s' },
      health: { etcd: { url: etcdUrl, look: 'health' }, role: 'report', every: '10s', timeout: '5s' },
    },
    hang: { for: '3m' },
    // A large log takes its time to be read.
    grace: '5m',
    hostsContainers: false,
    dumpsOnUsr1: false,
    startsWithPeers: true,
  },
};

/** What holds where neither the file nor the preset says otherwise. */
export const usual = {
  critical: false,
  hang: { failures: 3, of: 5, for: '15s' },
  grace: '30s',
  ladder: ['restart', 'kill'],
  budget: { actions: 3, per: '15m' },
  backoff: { first: '1s', factor: 2, max: '5m', jitter: 0.2 },
  every: '5s',
  timeout: '3s',
  role: 'vote',
} as const;
